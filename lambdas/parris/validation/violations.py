"""Violations of a training config, reported together, each with its path and the expectation."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.errors import ConfigInvalidError
from parris.payloads import Json
from parris.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST_VALUE_SHOWN = 120
_LONGEST_KEY_SHOWN = 80
_LONGEST_FOUND_SHOWN = 600
_LONGEST_EXPECTATION_SHOWN = 1_200
_MOST_LISTED = 50
_LONGEST_MESSAGE_BYTES = 20_000
"""An error's cause has room for 32,768 characters, of which the error's other parts take some.
Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html"""

_SECRET_KEYS = frozenset({"environment", "hyperparameters"})
"""Values of these keys may be secrets, so no message contains them."""

# The parts of a URL that may contain credentials: user information and query.
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s\"]*@|\?[^\s\"]*")
_LARGEST_SHOWN_NUMBER_BITS = 1_024


@dataclass(frozen=True, slots=True)
class Violation:
    """A path such as `/termination-options/time-limit`, what was found and what was expected."""

    path: str
    found: str
    expected: str

    def __str__(self) -> str:
        text = printable(self.expected.replace("\n", " "))
        expected = _cut(text, _LONGEST_EXPECTATION_SHOWN)
        found = _cut(printable(self.found), _LONGEST_FOUND_SHOWN)
        return f"{self.path}: found {found}, expected {expected}"


def path_of(keys: Iterable[str | int]) -> str:
    """Return the keys as one path; `/` is the config itself."""
    listed = list(keys)
    if listed and listed[0] in _SECRET_KEYS:
        # `NAME=value` where a name belongs.
        listed = [str(key).partition("=")[0] for key in listed]
    return "/" + "/".join(_cut(printable(str(key)), _LONGEST_KEY_SHOWN) for key in listed)


def top_key_of(violation: Violation) -> str:
    """Return the key of the config that a violation is about."""
    return violation.path.split("/")[1]


def shown(value: Json) -> str:
    """Return a value as JSON, cut where it is long, without what no terminal should print."""
    if isinstance(value, int) and value.bit_length() > _LARGEST_SHOWN_NUMBER_BITS:
        return "a number of more than 300 digits"
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):  # a number of thousands of digits, or a deep nesting
        return kind_of(value)
    if "://" in text:
        text = _CREDENTIALS.sub("...", text)
    return _cut(printable(text), _LONGEST_VALUE_SHOWN)


def shown_at(path: Sequence[str | int], value: Json) -> str:
    """Return a value of a config; only its type if it may be a secret."""
    return kind_of(value) if path and path[0] in _SECRET_KEYS else shown(value)


def kind_of(value: Json) -> str:
    """Return the type of a value for a message."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
        case _:
            return "an object"


def printable(text: str) -> str:
    r"""Return the text with control and other non-printable characters escaped: `\u001b`."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def refuse(violations: Sequence[Violation], what: str = "training config") -> None:
    """Reject a config that has violations.

    Args:
        violations: all of them.
        what: the kind of the config.

    Raises:
        ConfigInvalidError: with all violations, numbered.
    """
    if not violations:
        return
    lines, size_bytes = [f"{counted(len(violations), 'violation')} in the {what}:"], 0
    for number, violation in enumerate(violations[:_MOST_LISTED], start=1):
        line = f"{number}. {violation}"
        # The cause of a failed execution escapes characters beyond ASCII.
        size_bytes += len(json.dumps(line))
        if size_bytes > _LONGEST_MESSAGE_BYTES:
            break
        lines.append(line)
    if (left := len(violations) - len(lines) + 1) > 0:
        lines.append(f"... and {left} more")
    raise ConfigInvalidError("\n".join(lines))


def _escaped(letter: str) -> str:
    code = ord(letter)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 3] + "..."
