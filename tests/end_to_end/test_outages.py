"""An outage of AWS, or deletions that fail, change neither why a job ends nor what it costs."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest

from parris_cli.rehearsal.options import FaultOption
from parris_cli.rehearsal.report import RehearsalReport
from parris_cli.rehearsal.run_rehearsal import (
    STACK_DELETE_SECONDS,
    VirtualDeployment,
    virtual_deployment,
)
from parris_cli.terminal.screen import Screen
from tests.end_to_end.test_rehearse import HOUR, MINUTE, left_of, overshoots, rehearsed, runtime

SMALL = ("instance-type=t3.micro", "volume-size-gib=8")
HUGE_VOLUME = (
    "instance-type=t3.micro",
    "volume-size-gib=16384",
    "termination-options.cost-limit=10",
)

LONG = pytest.mark.long


@pytest.fixture(scope="module")
def deployment() -> Iterator[VirtualDeployment]:
    with virtual_deployment(Screen(StringIO()), 20, STACK_DELETE_SECONDS) as running:
        yield running


def failed_deletions(count: int) -> list[FaultOption]:
    return [FaultOption("delete-failed", HOUR)] * count


def throttled(after: timedelta) -> FaultOption:
    return FaultOption("throttled", after)


def assert_ended(report: RehearsalReport, reason: str) -> None:
    assert report.job.end.reason == reason
    assert set(overshoots(report).values()) <= {Decimal(0)}
    assert left_of(report) == []


@LONG
def test_failed_deletions_make_no_time_limit_look_exceeded(deployment: VirtualDeployment) -> None:
    report = rehearsed(deployment, "at-fixed-time", 20 * HOUR, *failed_deletions(3), settings=SMALL)
    assert_ended(report, "TIME_LIMIT")
    # The simulated machine gets the signal 180 s before the limit, trains 10 s and goes off in 5.
    assert runtime(report) == 10 * 3600 - 180 + 15


@pytest.mark.long
@pytest.mark.parametrize("count", [4, pytest.param(1, marks=LONG)])
def test_a_huge_volume_stays_within_its_cost_limit_whatever_deletions_fail(
    deployment: VirtualDeployment, count: int
) -> None:
    faults, takes = failed_deletions(count), timedelta(days=3)
    report = rehearsed(deployment, "around-cost-threshold", takes, *faults, settings=HUGE_VOLUME)
    assert_ended(report, "COST_LIMIT")
    (use,) = report.limits
    assert Decimal(9) < use.used <= Decimal(10)


@pytest.mark.parametrize(
    ("takes", "after", "limit_hours", "reason"),
    [
        # While the script ends, long after the last check.
        (20 * HOUR, 20 * HOUR, 30, "COMPLETED"),
        # While the job is launched.
        (HOUR, timedelta(seconds=3), 3, "COMPLETED"),
        # Over a limit.
        pytest.param(6 * HOUR, 2 * HOUR + 55 * MINUTE, 3, "TIME_LIMIT", marks=LONG),
        # While the end is set going, and while it is confirmed; and other seconds of a launch.
        pytest.param(6 * HOUR, 2 * HOUR + 57 * MINUTE, 3, "TIME_LIMIT", marks=LONG),
        pytest.param(
            *(6 * HOUR, 2 * HOUR + 57 * MINUTE + timedelta(seconds=20), 3, "TIME_LIMIT"), marks=LONG
        ),
        pytest.param(HOUR, HOUR + 5 * MINUTE, 3, "COMPLETED", marks=LONG),
        pytest.param(HOUR, timedelta(0), 3, "COMPLETED", marks=LONG),
        pytest.param(HOUR, timedelta(seconds=30), 3, "COMPLETED", marks=LONG),
    ],
)
def test_five_minutes_of_throttling_change_no_reason(
    deployment: VirtualDeployment, takes: timedelta, after: timedelta, limit_hours: int, reason: str
) -> None:
    settings = (*SMALL, f"termination-options.time-limit={limit_hours}")
    report = rehearsed(deployment, "at-fixed-time", takes, throttled(after), settings=settings)
    assert_ended(report, reason)
