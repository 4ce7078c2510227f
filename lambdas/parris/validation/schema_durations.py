"""Converts durations such as "10h" to numbers, in the unit of their key in the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parris.durations import SECONDS_PER_HOUR, parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from parris.payloads import Json

_UNIT_SECONDS = {"unit: hours": SECONDS_PER_HOUR, "unit: seconds": 1}


def with_durations_read(
    config: Mapping[str, Json], schema: Mapping[str, Any]
) -> dict[str, Json | Decimal]:
    """Return the config with its durations as numbers, so that the schema can check their bounds.

    A string that is not a duration becomes an empty string, which the schema's pattern rejects too.
    """
    keys = schema.get("properties", {})
    return {key: _read(value, keys.get(key, {})) for key, value in config.items()}


def _read(value: Json, key: Mapping[str, Any]) -> Any:
    if isinstance(value, dict) and "properties" in key:
        return with_durations_read(value, key)
    unit_seconds = _UNIT_SECONDS.get(key.get("$comment", ""))
    if unit_seconds is None or not isinstance(value, str):
        return value
    try:
        number = parse_duration(value) / unit_seconds
    except ValueError:
        return ""
    return int(number) if number == int(number) else number
