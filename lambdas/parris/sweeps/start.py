"""Decides whether a trial starts now, waits for what others give back, or is not started."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from parris.timestamps import parse_timestamp

if TYPE_CHECKING:
    from parris.sweeps.sweep import Sweep

LONGEST_WAIT_SECONDS = 3600
"""A settlement wakes a waiting trial. If that fails, it checks again after this time."""
MOST_AWAITED_SECONDS = 26 * 3600
"""How long the end of a run is awaited after that of its execution: a cleanup ends within a day, or
has failed."""


class Start(StrEnum):
    """What becomes of a trial now."""

    START = "start"
    SUGGEST = "suggest"
    """It is reserved, and its hyperparameters are to be chosen."""
    WAIT = "wait"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no run can be reserved now, and whether it may be possible later."""

    start: Start
    cause: str


def find_refusal(sweep: Sweep, now: datetime) -> Refusal | None:
    """Return why a sweep may reserve nothing now; None if it may, as far as is known.

    What is spent never comes back, and nobody waits for what is reserved for a run whose end is not
    confirmed. What is reserved for others may come back.
    """
    if sweep.stop_reason is not None:
        return Refusal(Start.SKIP, f"the sweep starts no further trial: {sweep.stop_reason}")
    if sweep.closed_at is not None:
        return Refusal(Start.SKIP, "the sweep has ended")
    if sweep.ends_by is not None:
        left_seconds = int((parse_timestamp(sweep.ends_by) - now).total_seconds())
        if left_seconds < sweep.longest_seconds:
            cause = (
                f"{max(left_seconds, 0)} s are left of the time budget, and a trial can last"
                f" {sweep.longest_seconds} s"
            )
            return Refusal(Start.SKIP, cause)
    if sweep.spent_usd + sweep.worst_usd > sweep.cost_limit_usd:
        left_usd = sweep.cost_limit_usd - sweep.spent_usd
        cause = f"{left_usd} USD are left of the budget, and a trial can cost {sweep.worst_usd} USD"
        return Refusal(Start.SKIP, cause)
    if sweep.spent_usd + sweep.unconfirmed_usd + sweep.worst_usd > sweep.cost_limit_usd:
        cause = (
            f"{sweep.unconfirmed_usd} USD of the budget stay reserved for trials whose end is not"
            " confirmed, and the rest is spent or too small"
        )
        return Refusal(Start.SKIP, cause)
    if sweep.committed_usd + sweep.worst_usd > sweep.cost_limit_usd:
        return Refusal(Start.WAIT, "the rest of the budget is reserved for trials that run")
    return None


def wait_seconds(sweep: Sweep, now: datetime) -> int:
    """Return how long a trial that does not fit waits at most for a settlement."""
    if sweep.ends_by is None:
        return LONGEST_WAIT_SECONDS
    last_start = parse_timestamp(sweep.ends_by) - timedelta(seconds=sweep.longest_seconds)
    left_seconds = int((last_start - now).total_seconds()) + 1
    return max(1, min(LONGEST_WAIT_SECONDS, left_seconds))


def may_have_late_runs(sweep: Sweep, now: datetime) -> bool:
    """Return whether a run of the sweep may have ended so long ago that nobody waits for it."""
    began_seconds = (now - parse_timestamp(sweep.started_at)).total_seconds()
    return sweep.reserved_usd > 0 and began_seconds >= MOST_AWAITED_SECONDS
