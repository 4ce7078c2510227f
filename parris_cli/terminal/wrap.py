"""Lines that are wider than the terminal, broken between words and indented below their label."""

from __future__ import annotations

import os
import re
import shutil
import textwrap
from typing import TextIO

_LEAST_WIDTH = 40
# `  results  s3://...`: what follows goes below what the label names.
_LABEL = re.compile(r" *(?:[\w.+]+ {2,})?")
# A command that is broken cannot be copied; the terminal itself wraps it.
_COMMANDS = ("parris ", "aws ", "sam ", "eval ")


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether somebody looks at the stream in a terminal."""
    return stream is not None and stream.isatty()


def can_redraw(stream: TextIO | None) -> bool:
    """Return whether a line can be written over, which a dumb terminal cannot do."""
    return is_terminal(stream) and os.environ.get("TERM", "dumb") != "dumb"


def terminal_width() -> int:
    """Return how many characters a line has; the last column stays free."""
    return shutil.get_terminal_size().columns - 1


def wrap_lines(lines: list[str], width: int) -> list[str]:
    """Return the lines with those that are too long broken between words.

    A word that is too long by itself, such as an ARN, stays whole: it is there to be copied.
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
