"""When cron(...), rate(...) and at(...) are due: AWS's fields, and its daylight saving."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded_aws.schedules.cron import Cron, CronInvalidError
from embedded_aws.schedules.expression import ExpressionInvalidError, parse_expression

ANCHOR = datetime(2026, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def first(cron: str, after: str, count: int = 1) -> list[str]:
    """The next due times of a cron expression, by the wall clock."""
    timestamps = Cron.parse(cron).after(at(after))
    return [f"{timestamp:%Y-%m-%dT%H:%M}" for timestamp in islice(timestamps, count)]


def due(expression: str, zone: str, after: str, count: int) -> list[str]:
    """The next due times, in UTC."""
    parsed, timestamp, found = parse_expression(expression, zone), at(after), []
    for _ in range(count):
        following = parsed.next_after(timestamp, ANCHOR)
        assert following is not None
        timestamp = following
        found.append(f"{timestamp:%Y-%m-%dT%H:%M}")
    return found


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("0 2 * * ? *", "2026-11-21T02:00", "2026-11-22T02:00"),
        ("0 2 * * ? *", "2026-11-21T01:59:59", "2026-11-21T02:00"),
        ("0/15 * * * ? *", "2026-11-21T02:46", "2026-11-21T03:00"),
        ("5/20 * * * ? *", "2026-11-21T02:46", "2026-11-21T03:05"),
        ("10-20/5 8,20 * * ? *", "2026-11-21T08:16", "2026-11-21T08:20"),
        ("0 18 ? * MON-FRI *", "2026-11-20T18:00", "2026-11-23T18:00"),
        ("0 18 ? * 1 *", "2026-11-20T18:00", "2026-11-22T18:00"),
        ("0 18 ? * sat *", "2026-11-20T18:00", "2026-11-21T18:00"),
        ("0 0 L * ? *", "2026-02-01T00:00", "2026-02-28T00:00"),
        ("0 0 L * ? *", "2028-02-01T00:00", "2028-02-29T00:00"),
        ("0 0 ? * 6L *", "2026-11-01T00:00", "2026-11-27T00:00"),
        ("0 0 ? * L *", "2026-11-22T00:00", "2026-11-28T00:00"),
        ("0 0 ? * 3#2 *", "2026-11-01T00:00", "2026-11-10T00:00"),
        ("0 0 ? * MON#5 *", "2026-11-01T00:00", "2026-11-30T00:00"),
        ("0 0 15W * ? *", "2026-11-01T00:00", "2026-11-16T00:00"),
        ("0 0 1W * ? *", "2026-07-31T12:00", "2026-08-03T00:00"),
        ("0 0 31W 1,5 ? *", "2026-05-01T00:00", "2026-05-29T00:00"),
        ("0 0 31 * ? *", "2026-11-01T00:00", "2026-12-31T00:00"),
        ("0 0 1 JAN ? 2027-2028", "2027-01-01T00:00", "2028-01-01T00:00"),
        ("0 0 29 2 ? *", "2026-01-01T00:00", "2028-02-29T00:00"),
    ],
)
def test_a_cron_is_next_due(cron: str, after: str, expected: str) -> None:
    assert first(cron, after) == [expected]


@pytest.mark.parametrize("cron", ["0 0 1 1 ? 2020", "0 0 30 2 ? *"])
def test_a_cron_may_never_be_due_again(cron: str) -> None:
    assert first(cron, "2026-01-01T00:00") == []


@given(
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    weekday=st.integers(1, 7),
    after=st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)),
)
def test_nothing_is_due_between_two_times_of_a_weekly_cron(
    minute: int, hour: int, weekday: int, after: datetime
) -> None:
    found = next(Cron.parse(f"{minute} {hour} ? * {weekday} *").after(after))
    assert timedelta() < found - after <= timedelta(days=7)
    assert (found.minute, found.hour) == (minute, hour)
    assert found.isoweekday() % 7 + 1 == weekday


@pytest.mark.parametrize(
    "cron",
    [
        "0 2 * * ?",
        "0 2 * * * *",
        "0 2 ? * ? *",
        "60 2 * * ? *",
        "0 24 * * ? *",
        "0 2 0 * ? *",
        "0 2 ? * 8 *",
        "0 2 ? * 0 *",
        "0 2 ? * MON#6 *",
        "0 2 * FOO ? *",
        "0 2 * * ? 1969",
        "20-10 2 * * ? *",
        "0/0 2 * * ? *",
        ", 2 * * ? *",
        "0 2 LW * ? *",
        "@ 2 * * ? *",
    ],
)
def test_what_aws_refuses_is_refused(cron: str) -> None:
    with pytest.raises(CronInvalidError):
        Cron.parse(cron)


@pytest.mark.parametrize(
    "expression",
    [
        "every day",
        "rate(0 minutes)",
        "rate(5)",
        "rate(5 seconds)",
        "rate(-1 day)",
        "at(2026-11-30)",
        "at(2026-13-01T00:00:00)",
        "cron(0 2 * *)",
        "cron(0 2 * * ? *) ",
    ],
)
def test_an_expression_that_aws_refuses_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionInvalidError):
        parse_expression(expression)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "/etc"])
def test_a_time_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(ExpressionInvalidError, match="not a time zone"):
        parse_expression("rate(1 day)", zone)


def test_a_cron_keeps_to_the_wall_clock_of_its_time_zone() -> None:
    nights = due("cron(0 4 * * ? *)", "Europe/Berlin", "2026-03-27T12:00Z", 3)
    assert nights == ["2026-03-28T03:00", "2026-03-29T02:00", "2026-03-30T02:00"]


def test_a_time_that_the_clocks_skip_in_spring_is_skipped() -> None:
    nights = due("cron(30 2 * * ? *)", "Europe/Berlin", "2026-03-27T12:00Z", 2)
    assert nights == ["2026-03-28T01:30", "2026-03-30T00:30"]


def test_a_time_that_comes_twice_in_autumn_counts_once() -> None:
    nights = due("cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-24T12:00Z", 2)
    assert nights == ["2026-10-25T00:30", "2026-10-26T01:30"]


def test_times_of_the_hour_that_comes_twice_are_not_due_when_it_comes_again() -> None:
    found = due("cron(0/30 * * * ? *)", "Europe/Berlin", "2026-10-25T00:15Z", 2)
    assert found == ["2026-10-25T00:30", "2026-10-25T02:00"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(5 minutes)", "2026-03-28T12:05"),
        ("rate(1 minute)", "2026-03-28T12:01"),
        ("rate(12 hours)", "2026-03-29T00:00"),
        ("rate(7 days)", "2026-04-02T00:00"),
    ],
)
def test_a_rate_counts_from_its_anchor_whatever_the_clocks_show(
    expression: str, expected: str
) -> None:
    assert due(expression, "Europe/Berlin", "2026-03-28T12:00Z", 1) == [expected]


def test_a_rate_is_due_first_at_its_anchor() -> None:
    rate = parse_expression("rate(1 day)")
    assert rate.next_after(ANCHOR - timedelta(days=9), ANCHOR) == ANCHOR
    assert rate.next_after(ANCHOR, ANCHOR) == ANCHOR + timedelta(days=1)


def test_a_single_time_is_due_once() -> None:
    once = parse_expression("at(2026-11-30T02:00:00)", "America/New_York")
    timestamp = at("2026-11-30T07:00Z")
    assert once.next_after(at("2026-11-21T00:00Z"), ANCHOR) == timestamp
    assert once.next_after(timestamp, ANCHOR) is None
