"""What a stream can show: a pipe, a dumb terminal, one with colours, one that is ASCII."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TextIO

_DEFAULT_COLUMNS, _DEFAULT_LINES = 80, 24
_LEAST_COLUMNS = 20
# The blocks of a bar. In the locales below a terminal may give each of them two columns.
_BLOCKS = "\u2588\u2591"
_WIDE_BLOCK_LANGUAGES = ("zh", "ja", "ko")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What can be sent to a stream.

    `can_redraw` is whether a line can be replaced, which a dumb terminal cannot do. `has_blocks` is
    whether a bar can be made of block characters; else it is made of ASCII.
    """

    is_terminal: bool = False
    can_redraw: bool = False
    has_colour: bool = False
    has_blocks: bool = False


PLAIN = Capabilities()


def capabilities_of(stream: TextIO | None) -> Capabilities:
    """Return what a stream can show, by the stream itself, TERM, NO_COLOR and the locale."""
    if stream is None or not stream.isatty():
        return PLAIN
    is_smart = os.environ.get("TERM", "dumb") not in ("", "dumb")
    return Capabilities(
        is_terminal=True,
        can_redraw=is_smart,
        # https://no-color.org: any value but the empty one.
        has_colour=is_smart and not os.environ.get("NO_COLOR"),
        has_blocks=_has_blocks(stream),
    )


def columns_of(stream: TextIO | None) -> int:
    """Return how many columns a line may take now; the terminal's last column stays free.

    Many terminals wrap as soon as something is in it. The size is that of this very stream:
    standard output may go to a file while standard error is a terminal.
    """
    text = os.environ.get("COLUMNS", "")
    columns = int(text) if text.isascii() and text.isdigit() else 0
    if columns <= 0 and stream is not None:
        try:
            columns = os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError):
            columns = 0
    # A terminal whose size was never set has 0.
    return max(columns or _DEFAULT_COLUMNS, _LEAST_COLUMNS) - 1


def lines_of(stream: TextIO | None) -> int:
    """Return how many lines a stream's terminal has; 24 where it does not say."""
    try:
        lines = 0 if stream is None else os.get_terminal_size(stream.fileno()).lines
    except (OSError, ValueError):
        lines = 0
    return lines or _DEFAULT_LINES


def _has_blocks(stream: TextIO) -> bool:
    locale = next(
        (value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := os.environ.get(name))), ""
    )
    # Python itself takes UTF-8 for the C locale, whatever the terminal does.
    if locale in ("C", "POSIX") or locale.startswith(_WIDE_BLOCK_LANGUAGES):
        return False
    try:
        _BLOCKS.encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True
