"""Times in words for people, and durations as people write them."""

import re
from datetime import UTC, datetime
from decimal import Decimal

from parris.payloads import Json

DURATION_FORM = "a number and a unit, s, m, h or d, such as 90m, 2h30m or 3d"
SECONDS_PER_HOUR = 3600

_UNITS = (("d", 24 * 3600), ("h", 3600), ("min", 60), ("s", 1))
_SPELLINGS = {
    "s": ("s", "sec", "secs", "second", "seconds"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}
_SECONDS_OF = {word: _SECONDS[unit] for unit, words in _SPELLINGS.items() for word in words}
_PART = re.compile(r"([0-9]{1,20}(?:\.[0-9]{1,20})?) ?([a-z]+) ?")
_LONGEST_TEXT = 100


def duration(seconds: int) -> str:
    """Return seconds in their two largest units: `2 h 5 min`."""
    parts: list[str] = []
    for unit, unit_seconds in _UNITS:
        count, seconds = divmod(seconds, unit_seconds)
        if count or (unit == "s" and not parts):
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])


def parse_duration(text: str) -> Decimal:
    """Return the seconds of a duration such as `90m`, `1h30m`, `2 d` or `1.5 hours`.

    Raises:
        ValueError: saying what was expected.
    """
    written, position, seconds = text.strip(" ").lower(), 0, Decimal(0)
    while found := _PART.match(written, position):
        if (unit_seconds := _SECONDS_OF.get(found[2])) is None:
            break
        seconds += Decimal(found[1]) * unit_seconds
        position = found.end()
    if not written or position < len(written) or len(text) > _LONGEST_TEXT:
        raise ValueError(f"expected {DURATION_FORM}")
    return seconds


def seconds_of(value: Json, unit_seconds: int) -> Decimal:
    """Return the seconds of a config's value: a duration, or a number of a unit.

    Raises:
        ValueError: when it is neither.
    """
    if isinstance(value, str):
        return parse_duration(value)
    return Decimal(str(value)) * unit_seconds


def readable_time(timestamp: datetime) -> str:
    """Return a timestamp to the second: `2026-11-20 12:00:00 UTC`."""
    return f"{timestamp.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
