"""How long a job that cannot be observed keeps running: both sides of each bound."""

import pytest

from parris.limits import Limits
from parris.outage import end_of_unseen_job, retry_checks_until
from parris.reasons import EndReason
from tests.builders import LAUNCHED_AT, after, some_limits

HOUR = 3600
UNLIMITED = some_limits(time_limit_seconds=None)
TEN_HOURS = some_limits(time_limit_seconds=10 * HOUR)
FIRST_FAILED = after(5 * HOUR)


def end_at(seconds: float, limits: Limits = UNLIMITED) -> tuple[EndReason, str] | None:
    return end_of_unseen_job(limits, LAUNCHED_AT, FIRST_FAILED, after(seconds), "AwsThrottledError")


def test_a_job_is_lost_one_hour_after_the_first_check_that_failed_and_not_before() -> None:
    assert end_at(5 * HOUR) is None
    assert end_at(6 * HOUR - 1) is None
    end = end_at(6 * HOUR)
    assert end is not None
    assert end[0] is EndReason.INSTANCE_LOST
    assert "since 2026-11-20T17:00:00.000Z: AwsThrottledError" in end[1]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (some_limits(time_limit_seconds=5 * HOUR + 600), EndReason.TIME_LIMIT),
        (
            some_limits(time_limit_seconds=None, cost_limit_seconds=5 * HOUR + 600),
            EndReason.COST_LIMIT,
        ),
    ],
)
def test_a_limit_counts_without_a_poll_at_that_second(limits: Limits, reason: EndReason) -> None:
    ends_at = 5 * HOUR + 600 - 180
    assert end_at(ends_at - 1, limits) is None
    end = end_at(ends_at, limits)
    assert end is not None
    assert end[0] is reason


def test_where_no_function_runs_checks_are_repeated_for_an_hour_and_never_past_a_limit() -> None:
    next_check_at = after(8 * HOUR)
    assert retry_checks_until(UNLIMITED, LAUNCHED_AT, next_check_at) == after(9 * HOUR)
    assert retry_checks_until(TEN_HOURS, LAUNCHED_AT, after(9.5 * HOUR)) == after(10 * HOUR - 180)
    assert retry_checks_until(TEN_HOURS, LAUNCHED_AT, after(11 * HOUR)) == after(11 * HOUR)
