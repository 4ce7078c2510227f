"""The paths and patterns in a config's `files`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from parris_cli.errors import RefusedError

_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class FilePattern:
    """One entry of `files`: a path, including everything below it, or a pattern."""

    text: str

    @property
    def is_pattern(self) -> bool:
        """Return whether the entry has wildcards. Otherwise it names one file or folder."""
        return _MAGIC.search(self.text) is not None

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Return the names in the path.

        Raises:
            RefusedError: if the path leads out of the config's folder.
        """
        parts = tuple(part for part in self.text.split("/") if part not in ("", "."))
        if self.text.startswith(("/", "~")) or ".." in parts or "\0" in self.text:
            raise RefusedError(
                f"files: {self.text!r} leads out of the config's folder. Write paths below it, or"
                " move the config up to a folder that holds all that the script needs"
            )
        return parts

    @property
    def path(self) -> str:
        """Return the path of an entry without wildcards, relative to the config's folder."""
        return "/".join(self.parts)

    def matches(self, name: str) -> bool:
        """Return whether the entry includes the file with this relative name."""
        return self._expression.match(name) is not None

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        if not self.is_pattern:
            inner = re.escape(self.path)
            return re.compile(rf"(?s:{inner}(?:/.*)?)\Z" if inner else r"(?s:.*)\Z")
        found = ""
        for part in self.parts[:-1]:
            found += r"(?:[^/]+/)*" if part == "**" else f"{_translated(part)}/"
        last = self.parts[-1]
        found += ".*" if last == "**" else rf"{_translated(last)}(?:/.*)?"
        try:
            return re.compile(rf"(?s:{found})\Z")
        except re.error:
            wrong = "has a range in [...] whose end comes before its beginning"
            raise RefusedError(f"files: {self.text!r} {wrong}") from None


def _translated(part: str) -> str:
    """Return the regular expression for the pattern of one name. No wildcard matches a slash."""
    found, position = "", 0
    while position < len(part):
        letter = part[position]
        position += 1
        end = part.find("]", position + 1) if letter == "[" else -1
        if letter == "*":
            found += "[^/]*"
        elif letter == "?":
            found += "[^/]"
        elif end >= 0:
            inner = part[position:end].replace("\\", r"\\").replace("[", r"\[").replace("^", r"\^")
            found += f"(?!/)[{'^' + inner[1:] if inner.startswith('!') else inner}]"
            position = end + 1
        else:
            found += re.escape(letter)
    return found
