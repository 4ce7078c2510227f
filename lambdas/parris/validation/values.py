"""Rejects values that cannot be passed to the training script unchanged, whatever their key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.validation.read_json import DEEPEST_LEVEL
from parris.validation.violations import Violation, path_of, shown_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris.payloads import Json, Payload

_Path = list[str | int]
# The largest double. Programs that read JSON may convert any number to a double.
_LARGEST_NUMBER = 1.7976931348623157e308


def find_deep_nesting(config: Payload) -> Iterator[Violation]:
    """Yield a violation if objects and lists are nested too deep."""
    level: list[Json] = [config]
    for _ in range(DEEPEST_LEVEL):
        level = [inner for value in level for inner in _inner(value)]
    if any(isinstance(value, dict | list) for value in level):
        expected = f"objects and lists nested at most {DEEPEST_LEVEL} levels deep"
        yield Violation("/", "a config that is nested deeper", expected)


def with_readable_numbers(config: Payload) -> Payload:
    """Return the config with each number beyond a double as infinity, which is a violation.

    Python refuses to write whole numbers of thousands of digits, so that nothing could report them.
    """
    return {key: _readable(value) for key, value in config.items()}


def _readable(value: Json) -> Json:
    if isinstance(value, dict):
        return with_readable_numbers(value)
    if isinstance(value, list):
        return [_readable(inner) for inner in value]
    if isinstance(value, int) and not -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER:
        return float("inf") if value > 0 else float("-inf")
    return value


def find_unfit_values(config: Payload) -> Iterator[Violation]:
    """Yield a violation for each key, string and number that cannot reach the script unchanged.

    A string with a zero byte cannot be an environment variable, an unpaired surrogate has no UTF-8
    encoding, and a number beyond a double's range becomes infinity. Python's json accepts them.
    """
    yield from _unfit_values(config, [])


def _unfit_values(value: Json, path: _Path) -> Iterator[Violation]:
    if (expected := _expected(value)) is not None:
        yield Violation(path_of(path), shown_at(path, value), expected)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if _expected(key) is not None or any(letter < " " for letter in key):
                expected = "a key without control characters and unpaired surrogates"
                yield Violation(path_of([*path, key]), "this key", expected)
            yield from _unfit_values(inner, [*path, key])
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _unfit_values(inner, [*path, number])


def _expected(value: Json) -> str | None:
    if isinstance(value, str):
        if "\0" in value:
            return "a string without a zero byte (\\u0000)"
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            return "a string without unpaired surrogates"
    elif isinstance(value, int | float) and not -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER:
        return "a finite number, at most 1.8e308"
    return None


def _inner(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
