"""Counts and names of files as the log shows them."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_SHOWN = 5
_LONGEST_SHOWN = 60


def counted(count: int, noun: str) -> str:
    """Return `1 file` or `3 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def named(names: Sequence[str]) -> str:
    """Return the first names, each quoted and cut where it is long.

    What is no printable character is escaped, and so are bytes that are no UTF-8.
    """
    shown = [
        repr(name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}...")
        for name in names[:_MOST_SHOWN]
    ]
    return ", ".join([*shown, "..."] if len(names) > _MOST_SHOWN else shown)
