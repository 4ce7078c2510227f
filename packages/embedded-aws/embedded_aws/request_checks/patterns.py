r"""The regular expressions of AWS's models, which are Java's, translated to Python.

Java's classes such as `\p{L}` are translated, some of them a little wider: accepting too much is
better than refusing what AWS accepts.
"""

import functools
import re

_CLASSES = {
    "L": r"\w",
    "N": r"\w",
    "Z": " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
    "M": "\u0300-\u036f",
    "P": r"!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u2027\u2030-\u205e",
    "C": r"\x00-\x1f\x7f-\x9f",
    "Print": r"\x20-\x7e",
    "Graph": r"\x21-\x7e",
    "ASCII": r"\x00-\x7f",
    "Alnum": "a-zA-Z0-9",
    "Upper": "A-Z",
    "Lower": "a-z",
    "Digit": "0-9",
    "Cntrl": r"\x00-\x1f\x7f",
}
_CLASS = re.compile(r"\\p\{(\w+)\}")
_CLASS_THEN_DASH = re.compile(r"(\\[wds])-(?!\])")


@functools.cache
def compile_pattern(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern that whole values must match, None if Python cannot read it."""
    parts = _CLASS.split(_CLASS_THEN_DASH.sub(r"\1\\-", pattern))
    python = parts[0]
    for name, rest in zip(parts[1::2], parts[2::2], strict=True):
        if name not in _CLASSES:
            return None
        is_in_brackets = python.rfind("[") > python.rfind("]")
        python += _CLASSES[name] if is_in_brackets else f"[{_CLASSES[name]}]"
        python += rest
    try:
        return re.compile(python)
    except re.error:
        return None
