"""A job that is over by a time on the clock: how the time is read, and which limit it makes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parris.costs.quote import quote_of
from parris.durations import readable_time
from parris.errors import LaunchFailedError
from parris.job import Job
from parris.late_launch import refuse_if_too_late
from parris.limits import Limits
from parris.payloads import Payload
from parris.policy import MachineState, decide
from parris.reasons import EndReason
from parris.sweeps.config import SweepConfig
from parris.sweeps.time_budget import time_budget, with_clock_time
from parris.sweeps.worst_case import WorstCase
from parris.termination.attempts import retry_after
from parris.termination.exit_report import EndedBy
from parris.timestamps import format_timestamp
from parris.validation.clock_time import find_clock_violations, parse_clock_time
from tests.builders import LAUNCHED_AT, a_job, a_report, a_sighting, after, some_limits
from tests.parris.test_attempts import a_past

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-04T18:00+01:00", "2026-12-04 17:00:00 UTC"),
        ("2026-12-04 18:00:30Z", "2026-12-04 18:00:30 UTC"),
        ("2026-12-04 18:00 Europe/Berlin", "2026-12-04 17:00:00 UTC"),
        ("2026-07-03T18:00 America/New_York", "2026-07-03 22:00:00 UTC"),
        ("2026-12-04 9:05 UTC", "2026-12-04 09:05:00 UTC"),
        ("2026-12-04 9:05:07 UTC", "2026-12-04 09:05:07 UTC"),
        ("2026-12-04 9:05 +01:00", "2026-12-04 08:05:00 UTC"),
        ("2026-12-04T9:05Z", "2026-12-04 09:05:00 UTC"),
        ("2026-12-04 18:00:30.5Z", "2026-12-04 18:00:30 UTC"),
        ("  Friday,  18:00  Europe/Berlin ", "2026-11-20 17:00:00 UTC"),
        ("Friday at 18:00 Europe/Berlin", "2026-11-20 17:00:00 UTC"),
        ("Fri 9:05:07 +0100", "2026-11-27 08:05:07 UTC"),
        ("Fri 18:00Z", "2026-11-20 18:00:00 UTC"),
        ("18:00 Europe/Berlin", "2026-11-20 17:00:00 UTC"),
        ("18:00:30Z", "2026-11-20 18:00:30 UTC"),
        # The time has passed today.
        ("9:05 Europe/Berlin", "2026-11-21 08:05:00 UTC"),
        ("13:00 Europe/Berlin", "2026-11-21 12:00:00 UTC"),
        # It is Saturday there already.
        ("1:30 Pacific/Auckland", "2026-11-20 12:30:00 UTC"),
        ("Friday 18:00 Europe/Berlin", "2026-11-20 17:00:00 UTC"),
        ("fri 18:00 Europe/Berlin", "2026-11-20 17:00:00 UTC"),
        # The same day, but the time has passed; at 13:00 sharp it has, too.
        ("Friday 11:59 Europe/Berlin", "2026-11-27 10:59:00 UTC"),
        ("Friday 13:00 Europe/Berlin", "2026-11-27 12:00:00 UTC"),
        ("Thursday 18:00 Europe/Berlin", "2026-11-26 17:00:00 UTC"),
        # It is Saturday there already.
        ("Saturday 01:30 Pacific/Auckland", "2026-11-20 12:30:00 UTC"),
        # The clock goes from 2:00 to 3:00: by the offset before the change, as in RFC 5545.
        ("2026-03-29 02:30 Europe/Berlin", "2026-03-29 01:30:00 UTC"),
        # The clock goes from 3:00 back to 2:00: the first of the two.
        ("2026-10-25 02:30 Europe/Berlin", "2026-10-25 00:30:00 UTC"),
        # An offset says which one.
        ("2026-10-25 02:30+01:00", "2026-10-25 01:30:00 UTC"),
    ],
)
def test_a_clock_time_is_one_instant(text: str, expected: str) -> None:
    assert readable_time(parse_clock_time(text, FRIDAY)) == expected


def test_a_weekday_keeps_its_time_over_a_clock_change() -> None:
    before_the_change = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
    found = parse_clock_time("Monday 18:00 Europe/Berlin", before_the_change)
    assert readable_time(found) == "2026-03-30 16:00:00 UTC"


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow",
        "2026-12-04",
        "2026-12-04 18:00 ../../etc/passwd",
        "2026-13-04 18:00 Europe/Berlin",
        "2026-12-04 25:00 Europe/Berlin",
        "25:00 Europe/Berlin",
        "Friday 18:60 Europe/Berlin",
        "9999-12-31 23:59 Etc/GMT+12",
        "",
    ],
)
def test_what_is_no_time_is_a_violation_that_shows_the_forms(text: str) -> None:
    (violation,) = find_clock_violations(a_config(text), FRIDAY)
    assert violation.path == "/termination-options/clock-time"
    assert "Friday 18:00 Europe/Berlin" in violation.expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18:00", 'a time zone behind it, such as "18:00 Europe/Berlin" or "18:00 UTC"'),
        ("Fri 18:00", 'a time zone behind it, such as "Fri 18:00 Europe/Berlin" or "Fri 18:00'),
        ("2026-12-04T18:00", 'a time zone behind it, such as "2026-12-04T18:00 Europe/Berlin"'),
        ("Fryday 18:00 Europe/Berlin", "in English; did you mean Friday?"),
        ("Freitag 18:00 Europe/Berlin", "a weekday before the time, in English"),
        ("Friday 18:00 Europe/Berln", "a time zone of the IANA database, such as Europe/Berlin"),
        ("Friday 18:00 Europe/Zurch", "did you mean Europe/Zurich?"),
        ("Friday 18:00 europe/zurich", "did you mean Europe/Zurich?"),
        ("Friday 18:00 Kolkata", "did you mean Asia/Kolkata?"),
        ("2026-12-04 18:00 Mars/Olympus", "a time zone of the IANA database"),
        ("2026-12-04 18:00 Europe", "a time zone of the IANA database"),
        ("Friday 18:00 CEST", "such as Europe/Berlin"),
    ],
)
def test_a_time_that_lacks_one_part_says_which(text: str, expected: str) -> None:
    (violation,) = find_clock_violations(a_config(text), FRIDAY)
    assert expected in violation.expected


def test_a_time_in_the_past_is_a_violation_that_says_which_time_it_is() -> None:
    (violation,) = find_clock_violations(a_config("2026-11-20 12:59 Europe/Berlin"), FRIDAY)
    assert violation.found.endswith("which is 2026-11-20 11:59:00 UTC")
    assert violation.expected == "a time after 2026-11-20 12:00:00 UTC, which is now"
    assert list(find_clock_violations(a_config("2026-11-20 13:01 Europe/Berlin"), FRIDAY)) == []


def test_without_its_method_a_clock_time_is_not_read() -> None:
    config = {**a_config("nonsense"), "termination-method": "on-complete"}
    assert list(find_clock_violations(config, FRIDAY)) == []


def a_config(text: str) -> dict[str, Any]:
    return {"termination-method": "at-clock-time", "termination-options": {"clock-time": text}}


def a_job_until(seconds: int, **limits: Any) -> Job:
    """Return a job that must be over so many seconds after LAUNCHED_AT, not counted yet."""
    chosen = some_limits(**{"time_limit_seconds": None, **limits})
    submitted_at = LAUNCHED_AT - timedelta(minutes=1)
    return a_job(limits=chosen.with_clock_time(after(seconds), submitted_at))


def test_saving_and_stopping_lie_before_the_clock_time_wherever_the_launch_was() -> None:
    job = a_job_until(3600)
    assert job.limits.earliest_seconds() == 3660
    launched = job.counted_from(LAUNCHED_AT)
    assert launched.limits.ends_at_seconds() == 3600 - 120 - 60
    assert decide(launched.limits, a_sighting(), after(3419)).reason is None
    decision = decide(launched.limits, a_sighting(), after(3420))
    assert decision.reason is EndReason.CLOCK_TIME
    assert decision.cause == (
        "the clock time of 2026-11-20 13:00:00 UTC was reached, less 2 min to save and 1 min to"
        " stop"
    )
    late = job.counted_from(after(1800))
    seen = a_sighting(launched_at=after(1800))
    assert decide(late.limits, seen, after(3419)).reason is None
    assert decide(late.limits, seen, after(3420)).reason is EndReason.CLOCK_TIME


def test_a_fraction_of_a_second_never_makes_the_job_late() -> None:
    limits = a_job_until(3600).counted_from(LAUNCHED_AT + timedelta(milliseconds=700)).limits
    assert limits.clock_limit_seconds == 3599


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"time_limit_seconds": 1800}, EndReason.TIME_LIMIT),
        ({"cost_limit_seconds": 1800, "cost_limit_usd": "1"}, EndReason.COST_LIMIT),
        ({"time_limit_seconds": 7200}, EndReason.CLOCK_TIME),
        ({"cost_limit_seconds": 7200, "cost_limit_usd": "1"}, EndReason.CLOCK_TIME),
    ],
)
def test_the_earliest_of_several_limits_ends_the_job(
    limits: dict[str, Any], reason: EndReason
) -> None:
    job = a_job_until(3600, **limits).counted_from(LAUNCHED_AT)
    assert decide(job.limits, a_sighting(), after(3600)).reason is reason


def test_a_runner_that_saved_in_time_names_the_clock_time() -> None:
    report = a_report(ended_by=EndedBy.CLOCK_TIME, exit_status=0, ended_at=after(3420))
    seen = a_sighting(exit=report, machine=MachineState.OVER)
    limits = a_job_until(3600).counted_from(LAUNCHED_AT).limits
    decision = decide(limits, seen, after(3430))
    assert decision.reason is EndReason.CLOCK_TIME
    assert "2026-11-20 13:00:00 UTC" in decision.cause
    # A script may write anything into its report.
    assert decide(some_limits(), seen, after(3430)).cause.startswith("the clock time was reached")


def test_the_run_of_a_state_counts_from_the_launch_that_it_names() -> None:
    job = a_job_until(3600)
    state: Payload = {"job": job.to_payload(), "run": {"launched_at": format_timestamp(after(600))}}
    assert Job.from_state(state).limits.clock_limit_seconds == 3000
    assert Job.from_state({"job": job.to_payload()}).limits == job.limits
    older = job.to_payload()["limits"]
    assert isinstance(older, dict)
    del older["clock_time"], older["clock_limit_seconds"]
    assert Limits.from_payload(older).clock_time == ""


def test_the_gaps_between_attempts_count_for_a_clock_time() -> None:
    job = a_job_until(3600, time_limit_seconds=36_000).counted_from(LAUNCHED_AT)
    job = job.with_offer(0)
    retry = retry_after(replaced(job), a_past(runtime_seconds=100), after(1800))
    assert retry.job is not None
    assert retry.job.limits.clock_limit_seconds == 1800
    assert retry.job.limits.time_limit_seconds == 35_900
    too_late = retry_after(replaced(job), a_past(runtime_seconds=100), after(3300))
    assert too_late.job is None
    assert str(too_late.why_not).startswith("the job must be over by 2026-11-20 13:00:00 UTC, and")


def replaced(job: Job) -> Job:
    return replace(job, max_attempts=3)


def test_nothing_is_launched_that_would_have_to_end_at_once() -> None:
    job = a_job_until(3600)
    refuse_if_too_late(job.counted_from(after(3000)).limits)
    refuse_if_too_late(some_limits(time_limit_seconds=1))
    with pytest.raises(LaunchFailedError, match="until 2026-11-20 13:00:00 UTC, the clock time"):
        refuse_if_too_late(job.counted_from(after(3599)).limits)


def test_the_quote_has_the_time_and_the_cost_until_then() -> None:
    machines = quote_of(a_job_until(3540))["machines"]
    assert isinstance(machines, list)
    (machine,) = machines
    assert isinstance(machine, dict)
    assert machine["ends_by"] == "clock-time"
    assert machine["limits"] == [
        {
            "limit": "clock-time",
            "gone_by_seconds": 3600,
            "usd": "0.0104",
            "gone_by": "2026-11-20T12:59:00.000Z",
        },
        {"limit": "longest-job", "gone_by_seconds": 31_320_000, "usd": "90.4800"},
    ]


@pytest.mark.parametrize(
    ("budget_seconds", "ends_at_seconds", "needed_seconds"),
    [(None, 3600, 300), (7200, 3600, 300), (1800, 1800, 3600)],
)
def test_a_sweep_starts_trials_until_its_clock_time(
    budget_seconds: int | None, ends_at_seconds: int, needed_seconds: int
) -> None:
    budget: dict[str, Any] = {"cost-limit": 5}
    if budget_seconds is not None:
        budget["time-limit"] = budget_seconds / 3600
    config = SweepConfig.from_payload(
        {
            "sweep-name": "one",
            "search": {"method": "grid"},
            "parameters": {"x": {"type": "integer", "values": [1]}},
            "budget": budget,
            "training": {},
        }
    )
    limits = a_job_until(3600).counted_from(LAUNCHED_AT).limits
    found = time_budget(config, limits, WorstCase(None, 3600), LAUNCHED_AT)
    assert found == (after(ends_at_seconds), needed_seconds)


def test_the_trials_of_a_sweep_share_its_clock_time() -> None:
    training = a_config("Friday 18:00 Europe/Berlin")
    found = with_clock_time(training, "2026-11-20T17:00:00.000Z")
    assert found["termination-options"] == {"clock-time": "2026-11-20T17:00:00.000Z"}
    assert with_clock_time(training, "") == training
