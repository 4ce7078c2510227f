"""Makes foreign text harmless: a terminal interprets control sequences in what it prints.

Others write a script's output, AWS's messages, names in a config and keys in a bucket.
"""

import re
import unicodedata

# ECMA-48: a string control runs to BEL or ST, a control sequence to its final byte.
_ESCAPES = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]"
)
_REPLACEMENT = "\ufffd"
# Controls, formats (bidirectional overrides among them), surrogates, private use, unassigned,
# and separators of lines and paragraphs.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Joiners: several scripts and many emoji need them.
_SAFE = frozenset("\t\u200c\u200d")


def plain_line(text: str) -> str:
    """Return one line without escape sequences; any other unsafe character becomes U+FFFD."""
    return "".join(char if _is_safe(char) else _REPLACEMENT for char in _ESCAPES.sub("", text))


def plain_lines(text: str) -> list[str]:
    """Return the lines of a text, each made plain."""
    return [plain_line(line.removesuffix("\r")) for line in text.split("\n")]


def _is_safe(char: str) -> bool:
    return (
        " " <= char <= "~" or char in _SAFE or unicodedata.category(char) not in _UNSAFE_CATEGORIES
    )
