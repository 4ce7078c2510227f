"""Wraps lines that are wider than the terminal, and indents them below their label."""

from __future__ import annotations

import re

from parris_cli.terminal.cells import cell_width, is_wide

# `  results  s3://...`: what follows goes below what the label names. In a rehearsal's timeline the
# label is `    +40s  cleaning up  `.
_LABEL = re.compile(r" *(?:\+\w+ +(?:! )?[\w-]+(?: [\w-]+)? {2,}|[\w.+]+ {2,})?")
_CHUNKS = re.compile(r"\s+|\S+")
# A line of a script's log: a traceback and its marks mean nothing when they are broken.
_LOG_LINE = re.compile(r" *\|(?: |$)")
# A command that is broken cannot be copied; the terminal itself wraps it.
_COMMANDS = ("parris ", "aws ", "sam ", "eval ")


def wrap_lines(lines: list[str], width: int) -> list[str]:
    """Return the lines with the long ones broken between words.

    A word that is too long by itself, such as an ARN, stays whole so that it can be copied.
    """
    return [part for line in lines for part in wrap_line(line, width)]


def wrap_line(line: str, width: int, indent: int | None = None) -> list[str]:
    """Return a line as lines of so many columns.

    Args:
        line: the line.
        width: the columns that each may take.
        indent: how far the second line and those after it are indented; as far as the label of the
            line where it is None.
    """
    if indent is None:
        label = _LABEL.match(line)
        indent = label.end() if label else 0
    is_whole = line[indent:].startswith(_COMMANDS) or _LOG_LINE.match(line)
    if cell_width(line) <= width or is_whole:
        return [line]
    indent = min(indent, width // 2)
    lines: list[str] = []
    current, space = "", ""
    for chunk in _chunks(line, width - indent):
        if chunk.isspace():
            space = chunk
        elif not current or cell_width(current + space + chunk) <= width:
            current, space = current + space + chunk, ""
        else:
            lines.append(current)
            current, space = " " * indent + chunk, ""
    return [*lines, current]


def _chunks(line: str, width: int) -> list[str]:
    """Return words and the blanks between them; wide characters of a long word one by one."""
    chunks: list[str] = []
    for chunk in _CHUNKS.findall(line):
        if cell_width(chunk) <= width or not any(map(is_wide, chunk)):
            chunks.append(chunk)
            continue
        for char in chunk:
            is_alone = not chunks or is_wide(char) or is_wide(chunks[-1][0])
            if is_alone and not (chunks and cell_width(char) == 0):
                chunks.append(char)
            else:
                chunks[-1] += char
    return chunks
