"""A schedule's expression: `cron(...)`, `rate(...)` or `at(...)`, and when it is due next.

Daylight saving as EventBridge Scheduler's user guide has it: a cron moment that the clocks skip in
spring is skipped, one that comes twice in autumn counts once, and the days of a rate are 24 hours.
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
    """The expression, or its time zone, is not one that AWS takes."""


class Expression(Protocol):
    """When something is due."""

    def next_after(self, moment: datetime, anchor: datetime) -> datetime | None:
        """Return the first due moment later than `moment`, or None when there is none any more.

        Args:
            moment: aware.
            anchor: aware; the first moment of a rate. Of no account to the others.

        Returns:
            An aware moment in UTC.
        """


def parse_expression(text: str, zone_name: str = "UTC") -> Expression:
    """Return what an expression means in a time zone.

    Raises:
        ExpressionInvalidError: saying what is wrong.
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
        raise ExpressionInvalidError(f"{name} is no time zone") from err


class _CronIn:
    def __init__(self, cron: Cron, zone: ZoneInfo) -> None:
        self._cron = cron
        self._zone = zone

    def next_after(self, moment: datetime, anchor: datetime) -> datetime | None:
        # Some hours back, since the wall clock may have been put back since that moment.
        wall = moment.astimezone(self._zone).replace(tzinfo=None) - timedelta(hours=3)
        for candidate in self._cron.after(wall):
            due = candidate.replace(tzinfo=self._zone).astimezone(UTC)
            is_skipped = due.astimezone(self._zone).replace(tzinfo=None) != candidate
            if not is_skipped and due > moment:
                return due
        return None


class _Rate:
    def __init__(self, every: timedelta) -> None:
        self._every = every

    def next_after(self, moment: datetime, anchor: datetime) -> datetime | None:
        if moment < anchor:
            return anchor.astimezone(UTC)
        passed = (moment - anchor) // self._every
        return (anchor + (passed + 1) * self._every).astimezone(UTC)


class _At:
    def __init__(self, due: datetime) -> None:
        self._due = due

    def next_after(self, moment: datetime, anchor: datetime) -> datetime | None:
        return self._due if self._due > moment else None


def _parse_rate(inner: str) -> _Rate:
    found = _RATE.fullmatch(inner)
    if found is None or int(found[1]) == 0:
        raise ExpressionInvalidError(f"rate({inner}): a number from 1 on and minutes, hours, days")
    return _Rate(int(found[1]) * timedelta(**{f"{found[2]}s": 1}))


def _parse_at(inner: str, zone: ZoneInfo) -> _At:
    if not _AT.fullmatch(inner):
        raise ExpressionInvalidError(f"at({inner}): a moment such as 2026-11-30T02:00:00")
    try:
        wall = datetime.fromisoformat(inner)
    except ValueError as err:
        raise ExpressionInvalidError(f"at({inner}): {err}") from err
    return _At(wall.replace(tzinfo=zone).astimezone(UTC))
