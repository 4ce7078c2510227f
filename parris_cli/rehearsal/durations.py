"""Parses and formats durations as people write them: `90m`, `2h30m`, `3d`."""

from datetime import timedelta
from decimal import Decimal

from parris.durations import DURATION_FORM as FORM
from parris.durations import parse_duration as parse_seconds

# The maximum duration of a Step Functions execution: one year.
LONGEST = timedelta(days=365)

_MOST_SECONDS = Decimal(LONGEST.total_seconds()) * 2

_RANGE = ".."


def parse_duration(text: str) -> timedelta:
    """Parse a duration.

    Raises:
        ValueError: with what was found and what was expected.
    """
    try:
        seconds = parse_seconds(text)
    except ValueError:
        raise ValueError(f"found {text!r}, expected {FORM}") from None
    found = timedelta(seconds=float(min(seconds, _MOST_SECONDS)))
    if found > LONGEST:
        raise ValueError(f"found {text!r}, expected at most {LONGEST.days}d")
    return found


def parse_range(text: str) -> tuple[timedelta, timedelta]:
    """Return the two ends of `2h..4h`, the shorter first; both are the same for `2h`.

    Raises:
        ValueError: as `parse_duration` does.
    """
    first, dots, last = text.partition(_RANGE)
    shorter = parse_duration(first)
    longer = parse_duration(last) if dots else shorter
    if longer < shorter:
        raise ValueError(f"found {text!r}, expected the shorter duration first")
    if not shorter:
        raise ValueError(f"found {text!r}, expected more than 0s")
    return shorter, longer


def short(length: timedelta) -> str:
    """Return a duration in short form: `2h30m`."""
    seconds = int(length.total_seconds())
    parts = []
    for unit, unit_seconds in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, unit_seconds)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
