"""Formats counts and names of files for the log."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_SHOWN = 5
_LONGEST_SHOWN = 60


def counted(count: int, noun: str) -> str:
    """Return `1 file` or `3 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def named(names: Sequence[str]) -> str:
    """Return the first names, quoted and truncated.

    Unprintable characters and bytes that are not UTF-8 are escaped.
    """
    shown = [
        repr(name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}...")
        for name in names[:_MOST_SHOWN]
    ]
    return ", ".join([*shown, "..."] if len(names) > _MOST_SHOWN else shown)
