"""Finds the known name that somebody may have meant who has written another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEAST_SIMILARITY = 0.75
"""Of two names, such as `instnace-type` and `instance-type`, by difflib."""
_LONGEST_NAME = 100


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like another one, or None if none is like it."""
    from difflib import get_close_matches  # only a name that is not known needs it

    by_spelling = {one.lower(): one for one in sorted(known)}
    spelled = name.strip()[:_LONGEST_NAME].lower()
    found = get_close_matches(spelled, by_spelling, 1, _LEAST_SIMILARITY)
    return by_spelling[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a question to put behind a message, empty if no known name is like this one."""
    nearest = nearest_name(name, known)
    return "" if nearest is None else f"; did you mean {nearest}?"
