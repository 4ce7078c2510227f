"""Whether a trial starts, waits or is not started."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from parris.sweeps.start import (
    LONGEST_WAIT_SECONDS,
    MOST_AWAITED_SECONDS,
    Start,
    find_refusal,
    may_have_late_runs,
    wait_seconds,
)
from parris.sweeps.sweep import StopReason, Sweep
from parris.timestamps import format_timestamp

NOW = datetime(2031, 5, 1, 12, 0, tzinfo=UTC)
SWEEP = Sweep(
    sweep_id="iris-1",
    sweep_name="iris",
    execution_arn="arn",
    started_at=format_timestamp(NOW),
    cost_limit_usd=Decimal("1.00"),
    worst_usd=Decimal("0.40"),
    longest_seconds=3600,
    trials=5,
    config_key="sweep.json",
)


def start_of(sweep: Sweep) -> Start | None:
    refusal = find_refusal(sweep, NOW)
    return None if refusal is None else refusal.start


@pytest.mark.parametrize(
    ("committed", "spent", "expected"),
    [
        ("0", "0", None),
        ("0.60", "0", None),
        ("0.6001", "0", Start.WAIT),
        ("1.00", "0.60", Start.WAIT),
        ("1.00", "0.6001", Start.SKIP),
    ],
)
def test_what_is_reserved_may_come_back_and_what_is_spent_does_not(
    committed: str, spent: str, expected: Start | None
) -> None:
    sweep = replace(SWEEP, committed_usd=Decimal(committed), spent_usd=Decimal(spent))
    assert start_of(sweep) is expected


def test_nobody_waits_for_what_is_reserved_for_an_unconfirmed_end() -> None:
    reserved = replace(SWEEP, committed_usd=Decimal("0.80"), spent_usd=Decimal("0.30"))
    assert start_of(reserved) is Start.WAIT
    assert start_of(replace(reserved, unconfirmed_usd=Decimal("0.30"))) is Start.WAIT
    assert start_of(replace(reserved, unconfirmed_usd=Decimal("0.3001"))) is Start.SKIP


@pytest.mark.parametrize(("left_seconds", "expected"), [(3600, None), (3599, Start.SKIP)])
def test_a_trial_starts_only_if_its_longest_run_still_fits(
    left_seconds: int, expected: Start | None
) -> None:
    ends_by = format_timestamp(NOW + timedelta(seconds=left_seconds))
    assert start_of(replace(SWEEP, ends_by=ends_by)) is expected


def test_a_stopped_or_closed_sweep_starts_nothing() -> None:
    assert start_of(replace(SWEEP, stop_reason=StopReason.STOP_REQUESTED)) is Start.SKIP
    assert start_of(replace(SWEEP, closed_at=format_timestamp(NOW))) is Start.SKIP


def test_a_wait_ends_as_soon_as_the_time_budget_is_used() -> None:
    assert wait_seconds(SWEEP, NOW) == LONGEST_WAIT_SECONDS
    ends_by = format_timestamp(NOW + timedelta(seconds=3700))
    sweep = replace(SWEEP, ends_by=ends_by)
    assert wait_seconds(sweep, NOW) == 101
    assert find_refusal(sweep, NOW + timedelta(seconds=101)) is not None


def test_the_reaper_looks_for_late_runs_a_day_after_the_start_while_something_is_reserved() -> None:
    sweep, late = (
        replace(SWEEP, committed_usd=Decimal("0.40")),
        timedelta(seconds=MOST_AWAITED_SECONDS),
    )
    assert may_have_late_runs(sweep, NOW + late)
    assert not may_have_late_runs(sweep, NOW + late - timedelta(seconds=1))
    assert not may_have_late_runs(SWEEP, NOW + late)
