"""Cleans a line of the log: valid text with colours, without other control sequences.

CloudWatch's console and `aws logs tail` display lines unfiltered. Readers must filter nevertheless,
because a script can write to the log stream itself.
"""

from __future__ import annotations

import re

# ECMA-48: a string control runs to BEL or ST, a control sequence to its final byte.
_ESCAPES = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]"
)
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_CONTROLS = {code: "\ufffd" for code in (*range(32), *range(127, 160)) if chr(code) != "\t"}


def shown_text(line: bytes) -> str:
    """Return the text of a line, keeping colours (SGR) and tabs."""
    text = line.decode("utf-8", errors="replace")
    if text.isprintable():
        return text
    if "\x08" in text:
        text = _rub_out(text)
    parts = []
    start = 0
    for escape in _ESCAPES.finditer(text):
        parts.append(text[start : escape.start()].translate(_CONTROLS))
        if _COLOUR.fullmatch(escape.group()):
            parts.append(escape.group())
        start = escape.end()
    parts.append(text[start:].translate(_CONTROLS))
    return "".join(parts)


def without_colours(text: str) -> str:
    """Return a result of `shown_text` without its colours."""
    return _COLOUR.sub("", text) if "\x1b" in text else text


def _rub_out(text: str) -> str:
    """Return the text without characters that backspaces have removed."""
    kept: list[str] = []
    for character in text:
        if character != "\x08":
            kept.append(character)
        elif kept:
            kept.pop()
    return "".join(kept)
