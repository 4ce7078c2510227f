"""The wildcards of policies: `*` and `?`, in strings and in ARNs, and `${policy:variables}`."""

import functools
import re
from collections.abc import Iterable, Mapping

Context = Mapping[str, str | tuple[str, ...]]

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_LITERALS = {"*": "*", "?": "?", "$": "$"}
_ARN_PARTS = 6


def matches(pattern: str, text: str, context: Context, *, ignore_case: bool = False) -> bool:
    """Return whether `text` matches `pattern`.

    A pattern with a variable that has no value in the request matches nothing.
    """
    is_plain = not ignore_case or (pattern.isascii() and text.isascii())
    if is_plain and "?" not in pattern and "${" not in pattern:
        if ignore_case:
            pattern, text = pattern.lower(), text.lower()
        return _matches_stars(pattern, text)
    compiled = _compiled(pattern, context)
    if compiled is None:
        return False
    return re.fullmatch(compiled, text, re.DOTALL | (re.I if ignore_case else 0)) is not None


def matches_any(patterns: Iterable[str], text: str, context: Context) -> bool:
    """Return whether `text` matches one of the patterns."""
    return any(matches(pattern, text, context) for pattern in patterns)


def matches_arn(pattern: str, arn: str, context: Context) -> bool:
    """Return whether an ARN matches a pattern, comparing its six parts separately."""
    wanted, found = (text.split(":", _ARN_PARTS - 1) for text in (pattern, arn))
    return len(wanted) == len(found) and all(
        matches(one, other, context) for one, other in zip(wanted, found, strict=True)
    )


def fill_variables(text: str, context: Context) -> str | None:
    """Return a text with its variables replaced, None if one has no value."""
    filled = text
    for name in _VARIABLE.findall(text):
        value = _value(name, context)
        if value is None:
            return None
        filled = filled.replace(f"${{{name}}}", value)
    return filled


def _matches_stars(pattern: str, text: str) -> bool:
    """Return what an expression would: to compile one for each pattern takes a millisecond."""
    first, *others = pattern.split("*")
    if not others:
        return text == pattern
    last = others.pop()
    place, end = len(first), len(text) - len(last)
    if not (text.startswith(first) and text.endswith(last)):
        return False
    for piece in others:
        found = text.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return place <= end


def _compiled(pattern: str, context: Context) -> str | None:
    if "${" not in pattern:
        return _as_regular_expression(pattern)
    parts = _VARIABLE.split(pattern)  # text, name, text, name, ..., text
    compiled = _as_regular_expression(parts[0])
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        value = _value(name, context)
        if value is None:
            return None
        compiled += re.escape(value) + _as_regular_expression(text)
    return compiled


@functools.lru_cache(maxsize=4096)
def _as_regular_expression(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


def _value(name: str, context: Context) -> str | None:
    if name in _LITERALS:
        return _LITERALS[name]
    value = context.get(name.lower())
    return value if isinstance(value, str) else None
