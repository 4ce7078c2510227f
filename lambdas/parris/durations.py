"""Times in words for people."""

from datetime import UTC, datetime

_UNITS = (("d", 24 * 3600), ("h", 3600), ("min", 60), ("s", 1))


def duration(seconds: int) -> str:
    """Return seconds in the two largest units that say something: `2 h 5 min`."""
    words: list[str] = []
    for unit, unit_seconds in _UNITS:
        count, seconds = divmod(seconds, unit_seconds)
        if count or (unit == "s" and not words):
            words.append(f"{count} {unit}")
    return " ".join(words[:2])


def readable_time(moment: datetime) -> str:
    """Return a moment to the second: `2026-11-20 12:00:00 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
