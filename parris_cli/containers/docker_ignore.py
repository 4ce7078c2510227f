"""The rules of a .dockerignore file, which differ from those of .gitignore.

A pattern is relative to the root of the build context, `data` leaves out no `src/data`, and a later
line wins. Source: https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

IGNORE_FILE = ".dockerignore"


@dataclass(frozen=True, slots=True)
class _Rule:
    path: str
    expression: re.Pattern[str]
    is_exception: bool


class DockerIgnore:
    """Decides what a .dockerignore file leaves out of the build context.

    Args:
        text: the content of the file.

    Raises:
        ValueError: naming a line that is not a pattern.
    """

    def __init__(self, text: str) -> None:
        lines = [line.strip() for line in text.splitlines()]
        rules = [_rule(line) for line in lines if line and not line.startswith("#")]
        self._rules = [one for one in rules if one is not None]

    def leaves_out(self, name: str, is_folder: bool) -> bool:
        """Return whether a path, relative to the root, is left out.

        A folder is kept if an exception may include something in it.
        """
        if not self._verdict(name):
            return False
        return not (is_folder and self._has_exception_below(f"{name}/"))

    def includes(self, name: str) -> bool:
        """Return whether an exception (a line with `!`) names the file."""
        return self._verdict(name) is False

    def _verdict(self, name: str) -> bool | None:
        """Return whether the last rule for a path leaves it out, None if there is none."""
        parts = name.split("/")
        # A rule for a folder is a rule for everything in it.
        paths = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        for rule in reversed(self._rules):
            if any(rule.expression.fullmatch(path) for path in paths):
                return not rule.is_exception
        return None

    def _has_exception_below(self, folder: str) -> bool:
        return any(
            one.is_exception and (one.path.startswith("**") or f"{one.path}/".startswith(folder))
            for one in self._rules
        )


def _rule(line: str) -> _Rule | None:
    is_exception = line.startswith("!")
    text = line.removeprefix("!").strip()
    path = posixpath.normpath(text).lstrip("/")
    if not text or path == ".":
        return None  # Docker ignores a line that names the context itself
    try:
        return _Rule(path, re.compile(_translated(path), re.DOTALL), is_exception)
    except re.error as err:
        raise ValueError(f"{line!r} is not a pattern: {err}") from None


def _translated(path: str) -> str:
    """Return the regular expression of a pattern, as Docker's patternmatcher makes it."""
    found, at = "", 0
    while at < len(path):
        char, at = path[at], at + 1
        if char == "*" and path[at : at + 1] == "*":
            at += 1
            at += path[at : at + 1] == "/"
            found += ".*" if at == len(path) else "(?:.*/)?"
        elif char == "*":
            found += "[^/]*"
        elif char == "?":
            found += "[^/]"
        elif char == "\\" and at < len(path):
            found, at = found + re.escape(path[at]), at + 1
        elif char in "[]":
            found += char
        elif char in "^-":
            found += char  # has a meaning between brackets only
        else:
            found += re.escape(char)
    return found
