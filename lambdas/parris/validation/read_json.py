"""Reads the JSON of a config. Errors state the cause with line and column."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris.payloads import Payload

DEEPEST_LEVEL = 40
"""The deepest allowed nesting of objects and lists."""

TOO_DEEP = f"nested more than {DEEPEST_LEVEL} levels deep"
MOST_FILE_BYTES = 1 << 20
"""The merged config is limited to 32 KiB. Files may be larger, with comments and indentation."""

YAML_SUFFIXES = (".yaml", ".yml")
"""Of files that the command reads, and a deployment does not."""

_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<blank>[^\S \t\r\n])
    |(?P<text>"(?:[^"\\\x00-\x1f]|\\[^\x00-\x1f])*")
    |(?P<comment>//|/\*|\#)
    |(?P<single>['`\u2018\u2019\u201c\u201d])
    |(?P<mark>[{}\[\]:,])
    |(?P<word>[^\s{}\[\]:,"'/\#]+)""",
    re.VERBOSE,
)
_MISSPELLED = {
    **dict.fromkeys(("True", "TRUE"), "true"),
    **dict.fromkeys(("False", "FALSE"), "false"),
    **dict.fromkeys(("None", "Null", "NULL", "nil", "undefined", "~"), "null"),
}
_LITERALS = frozenset({"true", "false", "null"})
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_NO_NUMBERS = frozenset({"NaN", "nan", "Infinity", "-Infinity", "inf", "-inf"})
_MESSAGES = {
    "Expecting value": "a value is missing here",
    "Expecting property name enclosed in double quotes": "a key in double quotes is missing here",
    "Expecting ',' delimiter": "a comma is missing here, or a closing bracket",
    "Expecting ':' delimiter": "a colon is missing here",
    "Extra data": "unexpected text after the end of the config",
    "Unterminated string starting at": "the text that begins here has no closing quote",
    "Invalid control character at": "a line break, a tab or another control character in a string;"
    " write it as \\n, \\t or \\u....",
}


class JsonTextError(ValueError):
    """The text is not a JSON object. The message states the cause and the position."""


def read_json_object(body: bytes) -> Payload:
    """Return the JSON object in a file.

    Raises:
        JsonTextError: if there is none, a key is repeated, or the nesting is too deep.
    """
    text = decode_text(body)
    if not text.strip():
        raise JsonTextError("empty; a config is an object: {...}")
    _check_tokens(text)
    try:
        value = json.loads(text, parse_int=_number)
    except json.JSONDecodeError as err:
        message = _MESSAGES.get(err.msg, err.msg)
        raise JsonTextError(f"{place_of(text, err.pos)}: {message}") from None
    if not isinstance(value, dict):
        raise JsonTextError("not a JSON object; a config is an object: {...}")
    return cast("Payload", value)


def decode_text(body: bytes) -> str:
    """Return the text of a file in UTF-8.

    Raises:
        JsonTextError: if it has another encoding, or begins with a byte order mark.
    """
    if body.startswith(codecs.BOM_UTF8):
        raise JsonTextError(
            "line 1, column 1: a byte order mark (BOM); save the file as UTF-8 without BOM"
        )
    if body.startswith(_WIDE_BOMS) or b"\0" in body[:2]:
        raise JsonTextError("line 1, column 1: UTF-16 or UTF-32; save the file as UTF-8")
    try:
        return body.decode()
    except UnicodeDecodeError as err:
        before = body[: err.start].decode()
        where = place_of(before, len(before))
        raise JsonTextError(f"{where}: not UTF-8 (byte {err.start}); save it as UTF-8") from None


def place_of(text: str, position: int) -> str:
    """Return a position in a text as line and column, counted from 1."""
    line_start = text.rfind("\n", 0, position) + 1
    return f"line {text.count(chr(10), 0, position) + 1}, column {position - line_start + 1}"


def _number(digits: str) -> float:
    # Python rejects integers with several thousand digits. A float becomes infinity instead.
    return int(digits) if len(digits) <= 1_000 else float(digits)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    position = 0
    while found := _TOKEN.match(text, position):
        position = found.end()
        if found.lastgroup != "space":
            yield found


def _check_tokens(text: str) -> None:
    """Raise for errors that the json module accepts silently or explains badly."""
    keys: list[dict[str, int] | None] = []
    tokens = list(_tokens(text))
    for number, token in enumerate(tokens):
        word, kind, start = token.group(), token.lastgroup, token.start()
        following = tokens[number + 1].group() if number + 1 < len(tokens) else ""
        if (wrong := _problem_with(word, kind, following)) is not None:
            raise JsonTextError(f"{place_of(text, start)}: {wrong}")
        if word in "{[":
            keys.append({} if word == "{" else None)
            if len(keys) > DEEPEST_LEVEL:
                raise JsonTextError(f"{place_of(text, start)}: {TOO_DEEP}")
        elif word in "}]" and keys:
            keys.pop()
        elif kind == "text" and following == ":" and keys and (known := keys[-1]) is not None:
            _check_key(text, word, start, known)


def _check_key(text: str, word: str, start: int, known: dict[str, int]) -> None:
    try:
        key = json.loads(word)
    except json.JSONDecodeError:
        return  # The parser reports it.
    if key in known:
        first = place_of(text, known[key])
        raise JsonTextError(f"{place_of(text, start)}: repeated key {word}, first at {first}")
    known[key] = start


def _problem_with(word: str, kind: str | None, following: str) -> str | None:
    if kind == "comment":
        return (
            "a comment, which JSON does not support; write a key that begins with _, such as"
            ' "_comment": "..."'
        )
    if kind == "single":
        return f"{word} instead of a double quote; JSON requires double quotes"
    if word == "," and following in ("}", "]"):
        return f"a comma before {following}; remove the comma after the last entry"
    if kind == "blank":
        return f"a special space (U+{ord(word):04X}); write a plain space"
    if kind != "word":
        return None
    if word in _NO_NUMBERS:
        return f"{word}, which is not a JSON number"
    if word in _MISSPELLED:
        return f"{word}; write {_MISSPELLED[word]} in JSON"
    if following == ":":
        return f"the key {word[:40]} without double quotes"
    if word in _LITERALS or _NUMBER.fullmatch(word):
        return None
    if word[0] in "+-.0123456789" and any(letter.isdigit() for letter in word):
        return f"{word[:40]}, which is not a JSON number; write it as 10, 0.5 or 1e-3"
    return f"{word[:40]} without double quotes; JSON requires double quotes"
