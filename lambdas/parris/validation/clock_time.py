"""Reads the time on a clock by which a job must be over, such as Friday 18:00 Europe/Berlin."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from parris.durations import readable_time
from parris.near_names import did_you_mean
from parris.payloads import maybe_text_in, part_of
from parris.time_zones import find_zone
from parris.validation.semantics import (
    AT_CLOCK_TIME,
    METHOD_KEY,
    OPTION_OF,
    OPTIONS_KEY,
    methods_in,
)
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris.payloads import Payload

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WRITTEN = re.compile(
    r"(?:(?:(?P<date>\d{4}-\d\d-\d\d)|(?P<day>[^\W\d_]{3,}),?)(?: at )?[ T]?)?"
    r"(?P<hour>\d\d?)(?P<rest>:\d\d(?::\d\d)?)"
    r"(?: ?(?P<offset>Z|[+-]\d\d:?\d\d)| (?P<zone>[A-Za-z][\w+/-]*))?"
)
_FORMS = (
    'a time with an offset ("2031-05-02T18:00+02:00"), a date and a time in a time zone'
    ' ("2031-05-02 18:00 Europe/Berlin"), a weekday ("Friday 18:00 Europe/Berlin"), or a time of'
    ' day ("18:00 Europe/Berlin")'
)


class ClockTimeError(ValueError):
    """A text is no clock time. The message is what was expected instead."""


def parse_clock_time(text: str, now: datetime) -> datetime:
    """Return the time in UTC. A weekday or a time of day means the next such time after `now`.

    Where a clock change skips the time, it counts by the offset before the change, and where it
    comes twice, the first one counts, both as in RFC 5545.

    Raises:
        ClockTimeError: if it is none, or has neither offset nor time zone.
    """
    written = " ".join(text.split())
    if (timestamp := _iso_timestamp(written)) is not None:
        return timestamp
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise ClockTimeError(_FORMS)
    at = f"{found['hour']:0>2}{found['rest']}"
    try:
        datetime.fromisoformat(f"{found['date'] or now.date()}T{at}")
    except ValueError:
        raise ClockTimeError(_FORMS) from None
    day = None if found["day"] is None else _weekday(found["day"])
    zone = _zone_of(found, written)
    try:
        if found["date"] is not None:
            return _in_utc(datetime.fromisoformat(f"{found['date']}T{at}"), zone)
        return _next(at, day, zone, now)
    except OverflowError:
        raise ClockTimeError(_FORMS) from None


def clock_time_in(config: Payload, now: datetime) -> datetime | None:
    """Return the time by which a config's job must be over; None without one.

    Raises:
        ClockTimeError: if it is no time.
    """
    if AT_CLOCK_TIME not in methods_in(config):
        return None
    text = maybe_text_in(part_of(config, OPTIONS_KEY), OPTION_OF[AT_CLOCK_TIME])
    return None if text is None else parse_clock_time(text, now)


def find_clock_violations(config: Payload, now: datetime) -> Iterator[Violation]:
    """Yield a violation if the clock time is none, or has passed.

    Args:
        config: the sound parts of the merged config. Without a sound method, its clock time is
            taken for one that is wanted.
        now: when the run begins.
    """
    option = OPTION_OF[AT_CLOCK_TIME]
    path, given = f"/{OPTIONS_KEY}/{option}", part_of(config, OPTIONS_KEY).get(option)
    if not methods_in(config):
        config = {**config, METHOD_KEY: AT_CLOCK_TIME}
    try:
        at = clock_time_in(config, now)
    except ClockTimeError as err:
        yield Violation(path, shown(given), str(err))
        return
    if at is not None and at <= now:
        found = f"{shown(given)}, which is {readable_time(at)}"
        yield Violation(path, found, f"a time after {readable_time(now)}, which is now")


def _iso_timestamp(written: str) -> datetime | None:
    """Return a timestamp of ISO 8601 with an offset in UTC, or None if it is none."""
    try:
        timestamp = datetime.fromisoformat(written)
        return None if timestamp.tzinfo is None else timestamp.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _next(at: str, day: int | None, zone: tzinfo, now: datetime) -> datetime:
    """Return the next such time of day after `now`, on that weekday if there is one."""
    today = now.astimezone(zone).date()
    days = 0 if day is None else (day - today.weekday()) % 7
    first = datetime.fromisoformat(f"{today}T{at}") + timedelta(days=days)
    at_first = _in_utc(first, zone)
    return at_first if at_first > now else _in_utc(first + timedelta(1 if day is None else 7), zone)


def _zone_of(found: re.Match[str], written: str) -> tzinfo:
    offset, name = found["offset"], found["zone"]
    if offset is not None:
        zone = datetime.fromisoformat(f"2000-01-01T00:00{offset}").tzinfo
        return UTC if zone is None else zone
    if name is None:
        forms = f'"{written} Europe/Berlin" or "{written} UTC"'
        raise ClockTimeError(f"a time zone behind it, such as {forms}")
    try:
        return find_zone(name)
    except ValueError as err:
        raise ClockTimeError(str(err)) from None


def _weekday(name: str) -> int:
    spelled = name.capitalize()
    found = [number for number, day in enumerate(_DAYS) if spelled in (day, day[:3])]
    if not found:
        raise ClockTimeError(f"a weekday before the time, in English{did_you_mean(name, _DAYS)}")
    return found[0]


def _in_utc(local: datetime, zone: tzinfo) -> datetime:
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)
