"""Wraps lines that are wider than the terminal, and indents them below their label."""

from __future__ import annotations

import os
import re
import shutil
import textwrap
from typing import TextIO

_LEAST_WIDTH = 40
# `  results  s3://...`: continuation lines align with the text after the label.
_LABEL = re.compile(r" *(?:[\w.+]+ {2,})?")
# A broken command cannot be copied; the terminal itself wraps it.
_COMMANDS = ("parris ", "aws ", "sam ", "eval ")


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether the stream is a terminal."""
    return stream is not None and stream.isatty()


def can_redraw(stream: TextIO | None) -> bool:
    """Return whether a line can be overwritten, which a dumb terminal cannot do."""
    return is_terminal(stream) and os.environ.get("TERM", "dumb") != "dumb"


def terminal_width() -> int:
    """Return the width of a line; the last column stays free."""
    return shutil.get_terminal_size().columns - 1


def wrap_lines(lines: list[str], width: int) -> list[str]:
    """Return the lines with the long ones broken between words.

    A word that is too long by itself, such as an ARN, stays whole so that it can be copied.
    """
    return [part for line in lines for part in _wrap(line, width)]


def _wrap(line: str, width: int) -> list[str]:
    label = _LABEL.match(line)
    indent = label.end() if label else 0
    if len(line) <= width or line[indent:].startswith(_COMMANDS):
        return [line]
    return textwrap.wrap(
        line,
        max(width, _LEAST_WIDTH),
        subsequent_indent=" " * min(indent, width // 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
