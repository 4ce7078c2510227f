"""How many columns of a terminal a text takes: not as many as it has characters."""

from __future__ import annotations

import unicodedata

# They are drawn over the character before them.
_WITHOUT_WIDTH = frozenset({"Mn", "Me", "Cf"})
# It makes an emoji, of two columns, of the narrow sign before it.
_EMOJI_SELECTOR = "\ufe0f"


def cell_width(text: str) -> int:
    """Return how many columns a text takes; never too few, a joined emoji too many."""
    return len(text) if text.isascii() else sum(map(_width_of, text))


def is_wide(char: str) -> bool:
    """Return whether a character takes two columns; a line may be broken before it."""
    return unicodedata.east_asian_width(char) in ("W", "F")


def cut_to_width(text: str, width: int) -> str:
    """Return the beginning of a text, as much of it as fits into so many columns."""
    if cell_width(text) <= width:
        return text
    used = 0
    for place, char in enumerate(text):
        used += _width_of(char)
        if used > width:
            return text[:place]
    return text


def _width_of(char: str) -> int:
    if char == _EMOJI_SELECTOR:
        return 1
    if is_wide(char):
        return 2
    return 0 if unicodedata.category(char) in _WITHOUT_WIDTH else 1
