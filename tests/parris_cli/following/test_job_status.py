"""What the status line says of a job in each phase, with each kind of limit."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parris.limits import LONGEST_JOB_SECONDS
from parris_cli.following.job_status import deadline_words, log_remark, status_of
from parris_cli.following.phase import Phase
from tests.builders import a_job, a_whole_rate, some_limits

LAUNCHED_AT = datetime(2031, 5, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (
            {"time_limit_seconds": 7200, "cost_limit_usd": "5"},
            "training: 30 min of 2 h, 0.0107 of 5 USD",
        ),
        ({"time_limit_seconds": 7200}, "training: 30 min of 2 h, 0.0107 USD"),
        (
            {"time_limit_seconds": None, "cost_limit_usd": "5"},
            "training: 30 min, 0.0107 of 5 USD",
        ),
        ({"time_limit_seconds": None}, "training: 30 min, 0.0107 USD"),
    ],
)
def test_time_and_cost_stand_against_their_limits(limits: dict[str, Any], said: str) -> None:
    job = a_job(rate=a_whole_rate(), limits=some_limits(**limits))
    status = status_of(Phase.TRAINING, job, 1500, 1800, "")
    assert status.to_text() == said
    fractions = [gauge.fraction for gauge in status.gauges]
    assert fractions == [
        0.25 if limits["time_limit_seconds"] else None,
        pytest.approx(0.00214) if "cost_limit_usd" in limits else None,
    ]


def test_a_job_without_a_known_price_has_no_cost() -> None:
    job = a_job(rate=None, limits=some_limits(time_limit_seconds=7200))
    assert status_of(Phase.TRAINING, job, 0, 60, "").to_text() == "training: 1 min of 2 h"


@pytest.mark.parametrize("phase", [Phase.CHECKING, Phase.LAUNCHING])
def test_before_the_launch_there_is_only_the_time_that_it_takes(phase: Phase) -> None:
    job = None if phase is Phase.CHECKING else a_job()
    assert status_of(phase, job, 42, None, "").to_text() == f"{phase}: 42 s"


def test_what_a_machine_that_may_be_gone_costs_is_not_counted_on() -> None:
    assert status_of(Phase.CLEANING_UP, a_job(), 9, 3600, "").to_text() == "cleaning up: 9 s"


@pytest.mark.parametrize(
    ("log_seconds", "check_seconds", "said"),
    [
        (None, None, ""),
        (None, 0, ""),
        (None, 3300, "check in 55 min"),
        (0, 3300, ""),
        (4, None, ""),
        (5, 3300, "log 5 s ago"),
        (7260, None, "log 2 h 1 min ago"),
    ],
)
def test_a_silent_script_is_seen(
    log_seconds: int | None, check_seconds: int | None, said: str
) -> None:
    assert log_remark(log_seconds, check_seconds) == said


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"time_limit_seconds": 7200}, "by {2h} at the latest (time limit)"),
        (
            {"time_limit_seconds": 36000, "cost_limit_seconds": 7200, "cost_limit_usd": "5"},
            "by {2h} at the latest (cost limit)",
        ),
        ({"time_limit_seconds": None}, "with the script; no job runs beyond {cap}"),
    ],
)
def test_a_launched_job_has_a_time_of_day_by_which_it_is_over(
    limits: dict[str, Any], said: str
) -> None:
    job = a_job(limits=some_limits(**limits))
    words = deadline_words(job, LAUNCHED_AT, LAUNCHED_AT)
    ends = {"2h": timedelta(hours=2), "cap": timedelta(seconds=LONGEST_JOB_SECONDS)}
    for name, after in ends.items():
        there = (LAUNCHED_AT + after).astimezone()
        is_today = there.date() == LAUNCHED_AT.astimezone().date()
        shown = f"{there:%H:%M %Z}" if is_today else f"{there:%Y-%m-%d %H:%M %Z}"
        said = said.replace(f"{{{name}}}", shown)
    assert words == f"ends {said}"
