"""A person at a shell: runs the command in a terminal or in a pipe, against an embedded AWS."""

import io
import json
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from parris_cli.main import main
from tests.parris_cli.terminal.emulated_terminal import EmulatedTerminal


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

    def pipes(self, *words: str) -> Shown:
        out, err = io.StringIO(), io.StringIO()
        code = self.run(words, out, err)
        return Shown(code, out.getvalue(), err.getvalue())

    def sees(self, *words: str, columns: int = 80) -> Shown:
        """Run a command in a terminal of so many columns; nothing may be wider."""
        out, err = EmulatedTerminal(columns), EmulatedTerminal(columns)
        code = self.run(words, out, err)
        assert max(map(len, [*out.rows, *err.rows])) <= columns
        return Shown(code, "\n".join(out.rows), "\n".join(err.rows), out.raw)

    def run(self, words: tuple[str, ...], out: io.StringIO, err: io.StringIO) -> int:
        """Run a command with these streams, and return its exit code."""
        with self._monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            if isinstance(out, EmulatedTerminal):
                patched.setenv("COLUMNS", str(out.columns))
            return main(words)
