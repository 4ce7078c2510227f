"""AWS's cron expressions: six fields, exactly one of the two for days is `?`, with L, W and #.

The fields are minutes, hours, day of month, month, day of week (1 is Sunday) and year. Their syntax
is that of the user guides of EventBridge and EventBridge Scheduler (Schedule types, Cron-based
schedules). This module handles wall-clock time only; expression.py handles time zones.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Self

_MONTH_NAMES = "JAN,FEB,MAR,APR,MAY,JUN,JUL,AUG,SEP,OCT,NOV,DEC"
_WEEKDAY_NAMES = "SUN,MON,TUE,WED,THU,FRI,SAT"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(","), 1)}
_WEEKDAYS = {name: number for number, name in enumerate(_WEEKDAY_NAMES.split(","), 1)}
_FIELDS = 6
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_SATURDAY = 7
_DAYS_OF_WEEK = 7

_IsDay = Callable[[date], bool]


class CronInvalidError(ValueError):
    """The expression is not valid on AWS."""


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed cron expression."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    years: tuple[int, ...]
    is_day: _IsDay

    @classmethod
    def parse(cls, fields_text: str) -> Self:
        """Parse an expression's fields, such as `0 2 ? * MON-FRI *`.

        Raises:
            CronInvalidError: naming the field.
        """
        fields = fields_text.upper().split()
        if len(fields) != _FIELDS:
            raise CronInvalidError(f"{len(fields)} fields, expected {_FIELDS}")
        minutes, hours, day_of_month, month, day_of_week, year = fields
        if (day_of_month == "?") == (day_of_week == "?"):
            raise CronInvalidError("exactly one of day of month and day of week must be ?")
        return cls(
            minutes=tuple(sorted(_values(minutes, 0, 59))),
            hours=tuple(sorted(_values(hours, 0, 23))),
            months=frozenset(_values(month, 1, 12, _MONTHS)),
            years=tuple(sorted(_values(year, _FIRST_YEAR, _LAST_YEAR))),
            is_day=_in_month(day_of_month) if day_of_week == "?" else _in_week(day_of_week),
        )

    def after(self, wall: datetime) -> Iterator[datetime]:
        """Yield the due times after `wall`, in order, without a time zone."""
        for day in self._days_from(wall.date()):
            for hour in self.hours:
                for minute in self.minutes:
                    timestamp = datetime.combine(day, time(hour, minute))
                    if timestamp > wall:
                        yield timestamp

    def _days_from(self, first: date) -> Iterator[date]:
        for year in self.years:
            for month in sorted(self.months):
                if (year, month) < (first.year, first.month):
                    continue
                for number in range(1, calendar.monthrange(year, month)[1] + 1):
                    day = date(year, month, number)
                    if day >= first and self.is_day(day):
                        yield day


def _values(
    field: str, lowest: int, highest: int, names: dict[str, int] | None = None
) -> Iterator[int]:
    """Yield the numbers of a field: `*`, `5`, `1-5`, `0/15`, names, and lists of them."""
    for part in field.split(","):
        range_text, slash, step_text = part.partition("/")
        step = _number(step_text, 1, highest, {}, part) if slash else 1
        if range_text == "*":
            first, last = lowest, highest
        else:
            first_text, dash, last_text = range_text.partition("-")
            first = _number(first_text, lowest, highest, names or {}, part)
            # `5/15` continues to the end of the range, `5` alone does not.
            end = highest if slash else first
            last = _number(last_text, lowest, highest, names or {}, part) if dash else end
        if first > last:
            raise CronInvalidError(f"{part}: a range must be ascending")
        yield from range(first, last + 1, step)


def _number(text: str, lowest: int, highest: int, names: dict[str, int], part: str) -> int:
    value = names[text] if text in names else int(text) if re.fullmatch(r"\d{1,4}", text) else None
    if value is None or not lowest <= value <= highest:
        raise CronInvalidError(f"{part}: found {text or 'nothing'}, expected {lowest} to {highest}")
    return value


def _in_month(field: str) -> _IsDay:
    """Return whether a day matches: numbers, `L` (the last one) or `15W` (the nearest weekday)."""
    if field == "L":
        return lambda day: day.day == _length(day)
    nearest = re.fullmatch(r"(\d{1,2})W", field)
    if nearest:
        wanted = _number(nearest[1], 1, 31, {}, field)
        return lambda day: day.day == _nearest_weekday(wanted, day)
    numbers = frozenset(_values(field, 1, 31))
    return lambda day: day.day in numbers


def _nearest_weekday(wanted: int, day: date) -> int | None:
    """Return the weekday nearest to a day of the month, in that month; None if it lacks the day."""
    length = _length(day)
    if wanted > length:
        return None
    weekday = day.replace(day=wanted).isoweekday()
    if weekday == 6:  # Saturday: the day before, unless that is last month's
        return wanted - 1 if wanted > 1 else wanted + 2
    if weekday == 7:  # Sunday: the day after, unless that is next month's
        return wanted + 1 if wanted < length else wanted - 2
    return wanted


def _in_week(field: str) -> _IsDay:
    """Return whether a day matches: numbers, `L` (Saturday), `6L` (last Friday), `2#1`."""
    if field == "L":
        return lambda day: _weekday(day) == _SATURDAY
    last = re.fullmatch(r"(\w+)L", field)
    if last:
        wanted = _number(last[1], 1, _DAYS_OF_WEEK, _WEEKDAYS, field)
        return lambda day: _weekday(day) == wanted and day.day > _length(day) - _DAYS_OF_WEEK
    counted = re.fullmatch(r"(\w+)#([1-5])", field)
    if counted:
        wanted = _number(counted[1], 1, _DAYS_OF_WEEK, _WEEKDAYS, field)
        nth = int(counted[2])
        return lambda day: _weekday(day) == wanted and (day.day - 1) // _DAYS_OF_WEEK + 1 == nth
    numbers = frozenset(_values(field, 1, _DAYS_OF_WEEK, _WEEKDAYS))
    return lambda day: _weekday(day) in numbers


def _weekday(day: date) -> int:
    return day.isoweekday() % _DAYS_OF_WEEK + 1


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
