"""How far a job is, as its status line says it: time and cost against their limits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.costs.cost import spent_usd
from parris_cli import formatting
from parris_cli.following.phase import Phase
from parris_cli.terminal.progress import Gauge, Progress

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job

# A log that came just now is seen.
_LOG_IS_OLD_SECONDS = 5
# So that the bars keep their length while the remark changes.
_REMARK_COLUMNS = 13


def status_of(
    phase: Phase, job: Job | None, since_seconds: int, ran_seconds: int | None, remark: str
) -> Progress:
    """Return the status line of a job.

    Args:
        phase: its phase.
        job: the job; None before its config was accepted.
        since_seconds: for how long the phase lasts.
        ran_seconds: for how long its machine runs; None before it was launched.
        remark: what else is of interest.
    """
    if job is None or ran_seconds is None or phase is Phase.CLEANING_UP:
        # The machine is not there yet, or may be gone, and costs nothing more.
        return Progress(phase, (Gauge(formatting.duration(since_seconds)),), remark)
    gauges = (_time_gauge(job, ran_seconds), *_cost_gauge(job, ran_seconds))
    return Progress(phase, gauges, remark.ljust(_REMARK_COLUMNS))


def log_remark(seconds: int | None, next_check_seconds: int | None) -> str:
    """Return when the last line of the log came, else when the job is checked again.

    Args:
        seconds: for how long no line came; None where none ever has.
        next_check_seconds: until the next check of the workflow; None where that is not known.
    """
    if seconds is not None:
        is_old = seconds >= _LOG_IS_OLD_SECONDS
        return f"log {formatting.duration(seconds)} ago" if is_old else ""
    if next_check_seconds is not None and next_check_seconds > 0:
        return f"check in {formatting.duration(next_check_seconds)}"
    return ""


def deadline_words(job: Job, launched_at: datetime, now: datetime) -> str:
    """Return by when the machine is gone at the latest, and what ends it then."""
    job = job.counted_from(launched_at)
    seconds = job.limits.earliest_seconds()
    by = formatting.clock_time(launched_at + timedelta(seconds=seconds), now)
    if seconds == job.limits.longest_seconds:
        return f"ends with the script; no job runs beyond {by}"
    limit = job.limits.end_reason().lower().replace("_", " ")
    return f"ends by {by} at the latest ({limit})"


def _time_gauge(job: Job, ran_seconds: int) -> Gauge:
    used_seconds = ran_seconds + job.limits.used_seconds
    used, limit = formatting.duration(used_seconds), job.limits.whole_time_limit_seconds
    if limit is None:
        return Gauge(used)
    return Gauge(used, formatting.duration(limit), used_seconds / limit)


def _cost_gauge(job: Job, ran_seconds: int) -> tuple[Gauge, ...]:
    if job.rate is None:
        return ()
    spent = spent_usd(job.rate, ran_seconds) + Decimal(job.limits.used_usd)
    limit = job.limits.whole_cost_limit_usd
    used = formatting.usd(spent)
    if limit is None:
        return (Gauge(used, unit="USD"),)
    return (Gauge(used, limit, float(spent / Decimal(limit)), "USD"),)
