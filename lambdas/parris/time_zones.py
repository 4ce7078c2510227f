"""Time zones of the IANA database, by the names that people write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.near_names import nearest_name

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

# Shorter ones are abbreviations such as CEST, and like others that mean something else.
_SHORTEST_NAME = 5


def find_zone(name: str) -> ZoneInfo:
    """Return the time zone of that name.

    Raises:
        ValueError: saying what was expected, and which zone may have been meant.
    """
    # Only what has a time zone pays for the import.
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        expected = f"a time zone of the IANA database, such as Europe/Berlin{_meant(name)}"
        raise ValueError(expected) from None


def _meant(name: str) -> str:
    """Return a question whether a zone like this one was meant, or that of this city."""
    from zoneinfo import available_timezones

    if len(name) < _SHORTEST_NAME:
        return ""
    zones = available_timezones()
    by_city = {zone.rpartition("/")[2]: zone for zone in sorted(zones)}
    nearest = nearest_name(name, {*zones, *by_city})
    zone = nearest if nearest is None or nearest in zones else by_city[nearest]
    return "" if zone is None else f"; did you mean {zone}?"
