"""Questions at a terminal. Without one, each has its default as its answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO, TypeVar

from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parris_cli.new_config.choices import Choice

T = TypeVar("T")
_MOST_TRIES = 5


class Questions:
    """Asks a person.

    Args:
        stdin: where responses are read from.
        stderr: where questions are written to.
    """

    def __init__(self, stdin: TextIO | None = None, stderr: TextIO | None = None) -> None:
        self._stdin: TextIO | None = stdin or sys.stdin
        self._stderr: TextIO | None = stderr or sys.stderr
        self.has_somebody = self._stdin is not None and self._stdin.isatty()

    def ask(self, text: str, parse: Callable[[str], T], default: str = "") -> T:
        """Return what a person types, parsed; an empty line is the default.

        Args:
            text: the question.
            parse: returns the value, and raises ValueError with what was expected.
            default: what an empty line means.

        Raises:
            RefusedError: if nobody types, or nothing that can be parsed.
            ValueError: if there is nobody to ask and the default cannot be parsed.
        """
        if not self.has_somebody:
            return parse(default)
        for _ in range(_MOST_TRIES):
            shown = f" [{default}]" if default else ""
            typed = self._read(f"{text}{shown}: ").strip() or default
            try:
                return parse(typed)
            except ValueError as err:
                self._write(f"  {err}\n")
        raise RefusedError("nothing was written: no response fitted")

    def choose(self, text: str, choices: Sequence[Choice]) -> str | None:
        """Return the value of the choice that a person picks by its number, None for none."""
        if not choices or not self.has_somebody:
            return None
        self._write(f"{text}\n")
        for number, choice in enumerate(choices, 1):
            self._write(f"  {number}  {choice.value}  {choice.description}\n")

        def parse(typed: str) -> str | None:
            if not typed:
                return None
            if not typed.isdecimal() or not 1 <= int(typed) <= len(choices):
                raise ValueError(f"found {typed!r}, expected a number up to {len(choices)}")
            return choices[int(typed) - 1].value

        return self.ask("  number, or nothing for the default", parse)

    def _read(self, question: str) -> str:
        self._write(question)
        assert self._stdin is not None
        line = self._stdin.readline()
        if not line:
            raise RefusedError("nothing was written: the input ended")
        return line

    def _write(self, text: str) -> None:
        if self._stderr is not None:
            self._stderr.write(text)
            self._stderr.flush()
