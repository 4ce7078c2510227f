"""A line of a script's log as a terminal is sent it: with the script's colours, or without."""

import re

from parris.plain_text import plain_line

_COLOUR = re.compile(r"\x1b\[([0-9;:]{0,64})m")
# Text that is hidden could be taken for nothing, and text that blinks asks to be read first.
_LEFT_OUT = frozenset({5, 6, 8, 28})
_RESET = "\x1b[0m"
_EXTENDED = (38, 48, 58)


def log_line(text: str, *, has_colour: bool) -> str:
    """Return a line without anything that steers a terminal, but for its colours (SGR).

    Args:
        text: as it was logged.
        has_colour: whether colours are shown; else they are left out as well.
    """
    if not has_colour or "\x1b[" not in text:
        return plain_line(text)
    parts = []
    start = 0
    is_coloured = False
    for found in _COLOUR.finditer(text):
        parts.append(plain_line(text[start : found.start()]))
        parameters = _shown_parameters(found.group(1))
        if parameters is not None:
            parts.append(f"\x1b[{parameters}m")
            is_coloured = parameters not in ("", "0")
        start = found.end()
    parts.append(plain_line(text[start:]))
    # What a line leaves on must not colour what the command writes after it.
    return "".join(parts) + (_RESET if is_coloured else "")


def _shown_parameters(text: str) -> str | None:
    """Return the parameters of an SGR sequence that may be shown, None where none may."""
    kept: list[str] = []
    parts = text.split(";")
    while parts:
        part = parts.pop(0)
        number = int(part.split(":")[0] or "0")
        if number in _EXTENDED and ":" not in part:
            # 38;5;n is one of 256 colours, 38;2;r;g;b any.
            count = {"5": 2, "2": 4}.get(parts[0] if parts else "", 0)
            part = ";".join([part, *parts[:count]])
            del parts[:count]
        if number not in _LEFT_OUT:
            kept.append(part)
    return ";".join(kept) if kept else None
