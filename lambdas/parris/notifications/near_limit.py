"""The notification of a job that has used nine tenths of its time or cost limit.

It is sent once. A person cannot change when the job ends, but can decide what is saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.costs.cost import spent_usd
from parris.durations import duration, readable_time
from parris.job import Job
from parris.limits import LONGEST_JOB_SECONDS, Limits
from parris.notifications.kinds import MessageKind, should_notify
from parris.timestamps import parse_timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from parris.notifications.message import Message

SHORTEST_NOTIFIED_SECONDS = 3600
"""There is no notification for shorter limits: six minutes before the end are too few to react."""

_NEAR = Decimal("0.9")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come. `limits` are those of now, which move with a price that changes;
    `usd` is what it has cost, None where its price is not known.
    """

    launched_at: datetime
    runtime_seconds: int
    limits: Limits
    usd: Decimal | None


def checks_at_seconds(job: Job) -> tuple[int, ...]:
    """Return when, in seconds from launch, to check whether the job is near a limit.

    They follow from the job alone, so that each comes once. At a price that changes it may have
    spent little when its cost limit could be near; then a later check, of which it has many, finds
    that it is.
    """
    if not should_notify(MessageKind.NEAR_LIMIT, job.notify):
        return ()
    bounds = (_time_limit_seconds(job.limits), job.limits.cost_limit_seconds)
    return tuple(
        _near_seconds(job.limits, bound)
        for bound in bounds
        if bound is not None and bound >= SHORTEST_NOTIFIED_SECONDS
    )


def near_limit_message(job: Job, progress: Progress) -> Message | None:
    """Return the notification of a job near a limit, or None if it is not near or not wanted."""
    if not should_notify(MessageKind.NEAR_LIMIT, job.notify):
        return None
    if _is_near_cost(job, progress):
        limit = f"cost limit of {progress.limits.whole_cost_limit_usd} USD"
    elif _is_near_time(job, progress):
        limit = _time_limit_text(job.limits)
    else:
        return None
    # Called at each check; only one check in the life of a job needs the import.
    from parris.notifications.links import execution_url
    from parris.notifications.message import make_message

    name = job.training_job_name
    return make_message(
        MessageKind.NEAR_LIMIT,
        name,
        f"near its {limit}",
        (
            f"The job {name} has used nine tenths of its {limit}. {_so_far(job, progress)}",
            _end_text(job, progress),
            _what_can_be_done(job),
            f"Run: {job.job_id} of the deployment {job.deployment}, started by {job.started_by}\n"
            f"  {execution_url(job.execution_arn)}",
        ),
    )


def _time_limit_seconds(limits: Limits) -> int:
    return min(limits.runtime_limit_seconds or limits.longest_seconds, limits.longest_seconds)


def _near_seconds(limits: Limits, bound_seconds: int) -> int:
    """Return when nine tenths of the time until a limit ends the job have passed."""
    reserved_seconds = limits.save_grace_seconds + limits.stopping_allowance_seconds
    return int((bound_seconds - reserved_seconds) * _NEAR)


def _is_near_time(job: Job, progress: Progress) -> bool:
    bound_seconds = _time_limit_seconds(job.limits)
    return bound_seconds >= SHORTEST_NOTIFIED_SECONDS and progress.runtime_seconds >= _near_seconds(
        job.limits, bound_seconds
    )


def _is_near_cost(job: Job, progress: Progress) -> bool:
    # With a variable price, this is the earliest time at which the limit could end the job.
    bound_seconds, limit_usd = job.limits.cost_limit_seconds, job.limits.cost_limit_usd
    if bound_seconds is None or bound_seconds < SHORTEST_NOTIFIED_SECONDS or limit_usd is None:
        return False
    if job.has_variable_price:
        return progress.usd is not None and progress.usd >= Decimal(limit_usd) * _NEAR
    return progress.runtime_seconds >= _near_seconds(job.limits, bound_seconds)


def _time_limit_text(limits: Limits) -> str:
    if limits.clock_time and limits.clock_limit_seconds == limits.runtime_limit_seconds:
        return f"clock time of {readable_time(parse_timestamp(limits.clock_time))}"
    if limits.whole_time_limit_seconds is None:
        return f"maximum time of {LONGEST_JOB_SECONDS // 3600} h"
    return f"time limit of {duration(limits.whole_time_limit_seconds)}"


def _so_far(job: Job, progress: Progress) -> str:
    ran = f"It has run {duration(progress.runtime_seconds)}"
    if job.past_attempts:
        ran = f"Attempt {job.attempt_number} has run {duration(progress.runtime_seconds)}"
    if progress.usd is None:
        return f"{ran}; its cost is unknown."
    return f"{ran} and cost about {progress.usd} USD."


def _end_text(job: Job, progress: Progress) -> str:
    limits = progress.limits
    ends_at = progress.launched_at + timedelta(seconds=limits.ends_at_seconds())
    gone_by = progress.launched_at + timedelta(seconds=limits.earliest_seconds())
    left_seconds = max(0, limits.ends_at_seconds() - progress.runtime_seconds)
    is_by_price = job.has_variable_price and limits.cost_limit_seconds == limits.earliest_seconds()
    when = "At the earliest" if is_by_price else "Unless its script is done before,"
    why = " (should the price rise to the most that is bid)" if is_by_price else ""
    then = (
        "the machine is stopped; its disk is kept and billed"
        if job.keeps_resources
        else "all of its resources are deleted"
    )
    return (
        f"{when} it ends at {readable_time(ends_at)}, in {duration(left_seconds)}{why}. The"
        f" script gets SIGTERM and has {duration(limits.save_grace_seconds)} to save. The"
        f" contents of its results folder are uploaded to {job.folder.results_uri}, and the"
        f" machine is off by {readable_time(gone_by)}. When the results are verified, {then}."
        f"{_cost_at_end(job, limits)}"
    )


def _cost_at_end(job: Job, limits: Limits) -> str:
    if job.rate is None or job.has_variable_price:
        return ""
    at_most_usd = spent_usd(job.rate, limits.earliest_seconds()) + Decimal(limits.used_usd)
    return f" It will then have cost at most {at_most_usd} USD."


def _what_can_be_done(job: Job) -> str:
    shared = f"s3://{job.bucket}/data/{job.training_job_name}/"
    return (
        "The limits of a running job cannot be changed. Everything that the script writes to"
        " $PARRIS_RESULTS_DIR until then is saved. To continue the training after the job has"
        " ended, copy the results to a folder that all jobs may read"
        f" (aws s3 cp --recursive {job.folder.results_uri} {shared})"
        f' and start another job with a higher limit and "input-data": ["{shared}"].'
    )
