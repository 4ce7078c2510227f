"""A schedule's expression: `cron(...)`, `rate(...)` or `at(...)`, and its next due time.

Daylight saving follows EventBridge Scheduler's user guide: a cron time that the clocks skip in
spring is skipped, one that occurs twice in autumn counts once, and the days of a rate have 24
hours.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from embedded_aws.schedules.cron import Cron, CronInvalidError

_FORM = re.compile(r"(cron|rate|at)\((.+)\)")
_RATE = re.compile(r"(\d{1,9}) (minute|hour|day)(s?)")
_AT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")


class ExpressionInvalidError(ValueError):
    """The expression, or its time zone, is not valid on AWS."""


class Expression(Protocol):
    """When something is due."""

    def next_after(self, timestamp: datetime, anchor: datetime) -> datetime | None:
        """Return the first due time after `timestamp`, or None if there is none.

        Args:
            timestamp: aware.
            anchor: aware; the first due time of a rate. Other expressions ignore it.

        Returns:
            An aware timestamp in UTC.
        """


def parse_expression(text: str, zone_name: str = "UTC") -> Expression:
    """Parse an expression in a time zone.

    Raises:
        ExpressionInvalidError: with what is wrong.
    """
    zone = find_zone(zone_name)
    found = _FORM.fullmatch(text)
    if found is None:
        raise ExpressionInvalidError(f"{text} is none of cron(...), rate(...) and at(...)")
    kind, inner = found.groups()
    if kind == "rate":
        return _parse_rate(inner)
    if kind == "at":
        return _parse_at(inner, zone)
    try:
        return _CronIn(Cron.parse(inner), zone)
    except CronInvalidError as err:
        raise ExpressionInvalidError(f"{text}: {err}") from err


def find_zone(name: str) -> ZoneInfo:
    """Return a time zone of the IANA database.

    Raises:
        ExpressionInvalidError: when there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as err:
        raise ExpressionInvalidError(f"{name} is not a time zone") from err


class _CronIn:
    def __init__(self, cron: Cron, zone: ZoneInfo) -> None:
        self._cron = cron
        self._zone = zone

    def next_after(self, timestamp: datetime, anchor: datetime) -> datetime | None:
        # Some hours earlier, because the wall clock may have been set back since then.
        wall = timestamp.astimezone(self._zone).replace(tzinfo=None) - timedelta(hours=3)
        for candidate in self._cron.after(wall):
            due = candidate.replace(tzinfo=self._zone).astimezone(UTC)
            is_skipped = due.astimezone(self._zone).replace(tzinfo=None) != candidate
            if not is_skipped and due > timestamp:
                return due
        return None


class _Rate:
    def __init__(self, every: timedelta) -> None:
        self._every = every

    def next_after(self, timestamp: datetime, anchor: datetime) -> datetime | None:
        if timestamp < anchor:
            return anchor.astimezone(UTC)
        passed = (timestamp - anchor) // self._every
        return (anchor + (passed + 1) * self._every).astimezone(UTC)


class _At:
    def __init__(self, due: datetime) -> None:
        self._due = due

    def next_after(self, timestamp: datetime, anchor: datetime) -> datetime | None:
        return self._due if self._due > timestamp else None


def _parse_rate(inner: str) -> _Rate:
    found = _RATE.fullmatch(inner)
    if found is None or int(found[1]) == 0:
        raise ExpressionInvalidError(f"rate({inner}): expected a number of minutes, hours or days")
    return _Rate(int(found[1]) * timedelta(**{f"{found[2]}s": 1}))


def _parse_at(inner: str, zone: ZoneInfo) -> _At:
    if not _AT.fullmatch(inner):
        raise ExpressionInvalidError(f"at({inner}): expected a time such as 2026-11-30T02:00:00")
    try:
        wall = datetime.fromisoformat(inner)
    except ValueError as err:
        raise ExpressionInvalidError(f"at({inner}): {err}") from err
    return _At(wall.replace(tzinfo=zone).astimezone(UTC))
