"""A program that stands in for docker or podman: it records its calls and runs no container."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

_PROGRAM = """\
#!{python}
import json, os, sys
call = {{"arguments": sys.argv[1:]}}
if "--password-stdin" in sys.argv:
    call["stdin"] = sys.stdin.read()
with open({calls!r}, "a") as calls:
    calls.write(json.dumps(call) + "\\n")
for words, output, error, status in json.load(open({results!r})):
    if sys.argv[1 : 1 + len(words)] == words:
        sys.stdout.write(output)
        sys.stderr.write(error)
        sys.exit(status)
"""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the program; `stdin` only where it reads a password from there."""

    arguments: tuple[str, ...]
    stdin: str | None


class StandInEngine:
    """The program in a folder, which a test puts on the PATH.

    Every call succeeds without output, except those that `results_in` sets.
    """

    def __init__(self, folder: Path, name: str = "docker") -> None:
        self._calls = folder / f"{name}-calls.jsonl"
        self._results_file = folder / f"{name}-results.json"
        self._results: list[tuple[list[str], str, str, int]] = []
        self.program = folder / name
        text = _PROGRAM.format(
            python=sys.executable, calls=str(self._calls), results=str(self._results_file)
        )
        self.program.write_text(text)
        self.program.chmod(0o755)
        self._results_file.write_text("[]")

    def results_in(
        self, *words: str, output: str = "", error: str = "", exit_status: int = 0
    ) -> None:
        """Set the result of calls whose arguments begin with these words."""
        self._results.insert(0, (list(words), output, error, exit_status))
        self._results_file.write_text(json.dumps(self._results))

    @property
    def calls(self) -> list[Call]:
        """Return all calls so far, without those of `version`."""
        if not self._calls.exists():
            return []
        found = [json.loads(line) for line in self._calls.read_text().splitlines()]
        calls = [Call(tuple(one["arguments"]), one.get("stdin")) for one in found]
        return [one for one in calls if one.arguments != ("version",)]
