"""Reads the time on a clock by which a job must be over, such as Friday 18:00 Europe/Berlin."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from parris.durations import readable_time
from parris.payloads import maybe_text_in, part_of
from parris.validation.semantics import AT_CLOCK_TIME, OPTION_OF, OPTIONS_KEY, methods_in
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris.payloads import Payload

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_IN_A_ZONE = re.compile(
    r"(?:(?P<date>\d{4}-\d\d-\d\d)|(?P<day>[A-Za-z]{3,9}))"
    r"[ T](?P<time>\d\d?:\d\d(?::\d\d)?) (?P<zone>[A-Za-z][\w+/-]*)"
)
_FORMS = (
    'a time with an offset ("2031-05-02T18:00+02:00"), a date and a time in a time zone'
    ' ("2031-05-02 18:00 Europe/Berlin"), or a weekday ("Friday 18:00 Europe/Berlin")'
)


def parse_clock_time(text: str, now: datetime) -> datetime:
    """Return the time in UTC. A weekday means the next such time after `now`.

    Where a clock change skips the time, it counts by the offset before the change, and where it
    comes twice, the first one counts, both as in RFC 5545.

    Raises:
        ValueError: if it is none, or has neither offset nor time zone.
    """
    found = _IN_A_ZONE.fullmatch(text.strip())
    if found is None:
        timestamp = datetime.fromisoformat(text.strip())
        if timestamp.tzinfo is None:
            raise ValueError(f"{text!r} has no time zone")
        return timestamp.astimezone(UTC)
    zone, at = _zone(found["zone"]), f"{found['time']:0>5}"
    if found["date"] is not None:
        return _in_utc(datetime.fromisoformat(f"{found['date']}T{at}"), zone)
    today = now.astimezone(zone).date()
    days = (_weekday(found["day"]) - today.weekday()) % 7
    first = datetime.fromisoformat(f"{today}T{at}") + timedelta(days=days)
    at_first = _in_utc(first, zone)
    return at_first if at_first > now else _in_utc(first + timedelta(days=7), zone)


def clock_time_in(config: Payload, now: datetime) -> datetime | None:
    """Return the time by which a config's job must be over; None without one.

    Raises:
        ValueError: if it is no time.
    """
    if AT_CLOCK_TIME not in methods_in(config):
        return None
    text = maybe_text_in(part_of(config, OPTIONS_KEY), OPTION_OF[AT_CLOCK_TIME])
    return None if text is None else parse_clock_time(text, now)


def find_clock_violations(config: Payload, now: datetime) -> Iterator[Violation]:
    """Yield a violation if the clock time is none, or has passed."""
    option = OPTION_OF[AT_CLOCK_TIME]
    path, given = f"/{OPTIONS_KEY}/{option}", part_of(config, OPTIONS_KEY).get(option)
    try:
        at = clock_time_in(config, now)
    except (ValueError, OverflowError):
        yield Violation(path, shown(given), _FORMS)
        return
    if at is not None and at <= now:
        found = f"{shown(given)}, which is {readable_time(at)}"
        yield Violation(path, found, f"a time after {readable_time(now)}, which is now")


def _zone(name: str) -> tzinfo:
    # Only a job with such a time pays for the import.
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as err:
        raise ValueError(f"no time zone {name!r}") from err


def _weekday(name: str) -> int:
    found = [number for number, day in enumerate(_DAYS) if name.lower() in (day, day[:3])]
    if not found:
        raise ValueError(f"no weekday {name!r}")
    return found[0]


def _in_utc(local: datetime, zone: tzinfo) -> datetime:
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)
