"""A person at a shell: runs the command in a terminal or in a pipe, against an embedded AWS."""

import io
import json
import sys
from dataclasses import dataclass
from typing import Any, TextIO

import pytest

from parris_cli.main import main
from tests.end_to_end.pseudo_terminal import PseudoTerminal


@dataclass(frozen=True, slots=True)
class Shown:
    """What a command has printed, and its exit code."""

    code: int
    out: str
    err: str
    raw: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Person:
    """Somebody at a shell whose AWS is the embedded one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.used: set[str] = set()

    def pipes(self, *words: str) -> Shown:
        out, err = io.StringIO(), io.StringIO()
        code = self._run(words, out, err)
        assert "\x1b" not in out.getvalue() + err.getvalue()
        return Shown(code, out.getvalue(), err.getvalue())

    def sees(self, *words: str, columns: int = 80) -> Shown:
        """Run a command in pseudo-terminals of so many columns, one for each stream."""
        out, err = PseudoTerminal(columns), PseudoTerminal(columns)
        with out.stream() as out_stream, err.stream() as err_stream:
            code = self._run(words, out_stream, err_stream)
        return Shown(code, "\n".join(out.shown()), "\n".join(err.shown()), out.raw)

    def _run(self, words: tuple[str, ...], out: TextIO, err: TextIO) -> int:
        """Run a command with these streams, and return its exit code."""
        self.used.add(words[0])
        with self._monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            patched.delenv("COLUMNS", raising=False)
            try:
                return main(words)
            except SystemExit as ended:  # help, or a command line that means nothing
                return int(ended.code or 0)
