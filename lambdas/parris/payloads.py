"""The JSON that states pass to each other, and strict functions to read it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, TypeAlias, cast

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
Payload: TypeAlias = dict[str, Json]


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


def payload_of(value: _Dataclass) -> Payload:
    """Return the fields of a dataclass as JSON, which has lists and no tuples."""
    fields: Payload = dataclasses.asdict(value)
    return {key: list(one) if isinstance(one, tuple) else one for key, one in fields.items()}


def part_of(payload: Mapping[str, Json], key: str) -> Payload:
    """Return the object under `key`, or an empty one if it is absent or null."""
    value = payload.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise TypeError(f"{key} is {type(value).__name__}, expected an object")
    return value


def parts_in(payload: Mapping[str, Json], key: str) -> tuple[Payload, ...]:
    """Return the list of objects under `key`, or an empty one if it is absent."""
    value = payload.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise TypeError(f"{key} is not a list of objects")
    return tuple(cast("list[Payload]", value))


def text_in(payload: Mapping[str, Json], key: str) -> str:
    """Return the text under `key`.

    Raises:
        KeyError: if it is absent.
        TypeError: if it is not a string.
    """
    value = payload[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} is {type(value).__name__}, expected a string")
    return value


def maybe_text_in(payload: Mapping[str, Json], key: str) -> str | None:
    """Return the text under `key`, or None if it is absent or null."""
    return None if payload.get(key) is None else text_in(payload, key)


def texts_by_key_in(payload: Mapping[str, Json], key: str) -> dict[str, str]:
    """Return the object of strings under `key`, or an empty one if it is absent or null."""
    found = part_of(payload, key)
    return {name: text_in(found, name) for name in found}


def int_in(payload: Mapping[str, Json], key: str) -> int:
    """Return the whole number under `key`. Raises as `text_in` does."""
    value = payload[key]
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{key} is {type(value).__name__}, expected a whole number")
    return value


def maybe_int_in(payload: Mapping[str, Json], key: str) -> int | None:
    """Return the whole number under `key`, or None if it is absent or null."""
    return None if payload.get(key) is None else int_in(payload, key)


def finite_number(value: Json) -> float | None:
    """Return a value as a number, None if it is none or not finite; a boolean is none.

    A whole number beyond a double's range counts as infinite.
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def texts_in(payload: Mapping[str, Json], key: str) -> tuple[str, ...]:
    """Return the list of strings under `key`, or an empty one if it is absent."""
    value = payload.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"{key} is not a list of strings")
    return tuple(cast("list[str]", value))


def ints_in(payload: Mapping[str, Json], key: str) -> tuple[int, ...]:
    """Return the list of whole numbers under `key`, or an empty one if it is absent."""
    value = payload.get(key) or []
    if not isinstance(value, list) or not all(type(item) is int for item in value):
        raise TypeError(f"{key} is not a list of whole numbers")
    return tuple(cast("list[int]", value))
