"""Counts in words for people."""

from collections.abc import Sequence

MOST_NAMED = 5


def counted(count: int, noun: str) -> str:
    """Return `1 file` or `3 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def first_of(names: Sequence[str]) -> str:
    """Return the first names as one text: `a, b, c, d, e and 3 more`."""
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
