import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from parris_cli import formatting
from tests.builders import a_job, some_limits


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3725, "1 h 2 min"),
        (3605, "1 h 5 s"),
        (31_320_000, "362 d 12 h"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds: int, said: str) -> None:
    assert formatting.duration(seconds) == said


@pytest.mark.parametrize(
    ("exact", "said"),
    [
        ("0.0189714286", "0.01897"),
        ("1.022904762", "1.023"),
        ("32.7726", "32.77"),
        ("98.32123", "98.32"),
        ("1234.5678", "1234.57"),
        ("0.0000123456", "0.00001235"),
        ("0.5", "0.5"),
        ("0", "0"),
    ],
)
def test_an_hourly_price_has_four_digits_or_the_cents(exact: str, said: str) -> None:
    assert formatting.usd_per_hour(exact) == f"{said} USD per hour"


@pytest.mark.parametrize(
    ("exact", "said"),
    [("0.00161", "0.0017"), ("0.99991", "1.0000"), ("4.601", "4.61"), ("7", "7.00")],
)
def test_what_is_spent_is_rounded_up(exact: str, said: str) -> None:
    assert formatting.usd(Decimal(exact)) == said


def test_a_time_of_day_has_its_date_unless_it_is_todays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        now = datetime(2031, 5, 1, 20, 0, tzinfo=UTC)
        assert formatting.clock_time(now + timedelta(hours=1), now) == "23:00 CEST"
        assert formatting.clock_time(now + timedelta(hours=3), now) == "2031-05-02 01:00 CEST"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_plan_says_what_ends_the_job() -> None:
    job = a_job(
        methods=("at-fixed-time", "around-cost-threshold"),
        limits=some_limits(time_limit_seconds=36000, cost_limit_usd="300"),
    )
    assert formatting.plan(job) == (
        "t3.micro at 0.0104 USD per hour;"
        " ends when the script ends or after 10 h or at 300 USD, whichever is first"
    )


def test_a_job_without_limits_ends_with_its_script_only() -> None:
    job = a_job(methods=("on-complete",), limits=some_limits(time_limit_seconds=None))
    assert formatting.plan(job) == "t3.micro at 0.0104 USD per hour; ends when the script ends"


def test_an_unknown_price_is_called_unknown() -> None:
    assert "at an unknown price" in formatting.plan(a_job(rate=None))
