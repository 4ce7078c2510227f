"""Whether a run tries once more after an attempt has ended, on which offer, and within what."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING

from parris.durations import duration, readable_time
from parris.limits import LONGEST_JOB_SECONDS
from parris.no_progress import NoProgress
from parris.past_attempt import PastAttempt
from parris.payloads import Payload, maybe_text_in, part_of
from parris.reasons import EndReason
from parris.retention.retained import kept_by
from parris.termination.bill import kept_usd_of
from parris.timestamps import format_timestamp, parse_timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job
    from parris.limits import Limits
    from parris.termination.bill import Bill

RETRIED_REASONS = frozenset({EndReason.INSTANCE_LOST, EndReason.NO_CAPACITY})
"""The reasons after which a run tries once more: its script has neither ended nor failed."""

SHORTEST_TRAINING_SECONDS = 300
"""What an attempt needs beside the time to save and to stop: booting takes a minute or two."""

_SHORTEST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)
_LONGEST_CAUSE = 500
"""Characters of the cause of an earlier attempt: a state's payload has a limit."""


@dataclasses.dataclass(frozen=True, slots=True)
class Retry:
    """The job of the next attempt, or None and why there is none."""

    job: Job | None
    why_not: str | None = None

    def to_payload(self, before: Job) -> Payload:
        """Return it as `$.confirmed.attempt`; `next` has what the next attempt changes in `$.job`.

        The state machine puts it over `$.job`: a whole job beside it could be too large.
        """
        if self.job is None:
            return {"next": None, "why_not": self.why_not}
        old = before.to_payload()
        changed = {key: value for key, value in self.job.to_payload().items() if old[key] != value}
        return {"next": changed, "why_not": None}


def may_be_retried(job: Job, reason: str | None) -> bool:
    """Return whether another attempt may follow an end for this reason."""
    return is_retried(job, reason) and job.attempt_number < job.max_attempts


def is_retried(job: Job, reason: str | None) -> bool:
    """Return whether a run tries once more after this reason, if it has attempts left."""
    hang = NoProgress.from_payload(job.no_progress)
    is_hang = reason == EndReason.NO_PROGRESS and hang is not None and hang.is_retried
    return reason in RETRIED_REASONS or is_hang


def attempt_of(job: Job, state: Payload, bill: Bill, reason: EndReason, cause: str) -> PastAttempt:
    """Return the current attempt, which has ended.

    Args:
        job: the job of the attempt, on its machine.
        state: `$` of the state machine.
        bill: what it has cost.
        reason: why it ended.
        cause: a sentence about it.
    """
    kept = kept_by(state)
    started_at = bill.launched_at
    return PastAttempt(
        number=job.attempt_number,
        title=job.title,
        reason=reason,
        cause=cause if len(cause) <= _LONGEST_CAUSE else f"{cause[:_LONGEST_CAUSE]}...",
        ended_at=format_timestamp(bill.ended_at),
        started_at=None if started_at is None else format_timestamp(started_at),
        launch_id=maybe_text_in(part_of(state, "launch"), "launch_id"),
        runtime_seconds=bill.runtime_seconds,
        cost_usd=bill.usd,
        machine_id=job.machine_id,
        machine_prefix=job.machine_prefix,
        kept=() if kept is None else kept.ids,
        keep_until=None if kept is None else kept.until,
        kept_usd_per_month=kept_usd_of(job, state),
    )


def recorded_attempt(job: Job, attempt: PastAttempt) -> Payload:
    """Return an attempt as the run record has it."""
    has_machine = bool(attempt.machine_prefix)
    folder = job.on_machine(attempt.machine_prefix).folder
    return {
        "number": attempt.number,
        "title": attempt.title,
        "launch_id": attempt.launch_id,
        "machine_id": attempt.machine_id or None,
        "reason": attempt.reason,
        "cause": attempt.cause,
        "started_at": attempt.started_at,
        "ended_at": attempt.ended_at,
        "runtime_seconds": attempt.runtime_seconds,
        "estimated_cost_usd": attempt.cost_usd,
        "kept": list(attempt.kept),
        "results_uri": folder.results_uri if has_machine else None,
    }


def retry_after(job: Job, past: PastAttempt, now: datetime) -> Retry:
    """Return the next attempt after one that may be retried.

    Args:
        job: the job of the attempt that has ended.
        past: how it ended.
        now: when its end was verified.
    """
    if job.attempt_number >= job.max_attempts:
        return Retry(None, f"max-attempts is {job.max_attempts}")
    longest = LONGEST_JOB_SECONDS - int((now - parse_timestamp(job.submitted_at)).total_seconds())
    limits = job.limits.after_attempt(past.runtime_seconds, past.cost_usd or "0", longest)
    # Whole seconds, as in the launch times of machines, which are compared with it.
    not_before = (now + pause_after((*job.past_attempts, past))).replace(microsecond=0)
    following = dataclasses.replace(
        job,
        limits=limits.counted_from(not_before),
        past_attempts=(*job.past_attempts, past),
        offer_order=offer_order(job, past),
        not_before=format_timestamp(not_before),
    ).with_offer(0)
    too_little = _what_is_too_little(following.limits)
    return Retry(None, too_little) if too_little else Retry(following)


def offer_order(job: Job, past: PastAttempt) -> tuple[int, ...]:
    """Return the order in which the next attempt tries the job's offers.

    The config's own, but what was lost comes last: the zone and type that AWS has just reclaimed
    are those that it is most likely to reclaim again.
    """
    order = list(range(len(job.offers)))
    if past.reason != EndReason.NO_CAPACITY and order:
        order.remove(job.offer_number)
        order.append(job.offer_number)
    return tuple(order)


def pause_after(attempts: tuple[PastAttempt, ...]) -> timedelta:
    """Return how long to wait: not at all after a loss, ever longer while AWS has no capacity."""
    in_a_row = 0
    for past in reversed(attempts):
        if past.reason != EndReason.NO_CAPACITY:
            break
        in_a_row += 1
    if not in_a_row:
        return timedelta(0)
    return min(_SHORTEST_PAUSE * (1 << (in_a_row - 1)), _LONGEST_PAUSE)


def _what_is_too_little(limits: Limits) -> str:
    """Return which limit leaves too little for another attempt, or an empty text."""
    requested_seconds = limits.requested_grace_seconds or limits.save_grace_seconds
    needed_seconds = requested_seconds + limits.stopping_allowance_seconds
    needed_seconds += SHORTEST_TRAINING_SECONDS
    left_seconds = limits.earliest_seconds()
    if left_seconds >= needed_seconds:
        return ""
    left = f"the {duration(max(0, left_seconds))} left are too few to boot, train and save"
    if limits.cost_limit_seconds == left_seconds:
        limit = f"the cost limit of {limits.whole_cost_limit_usd} USD"
        return f"the attempts so far have cost {limits.used_usd} USD of {limit}, and {left}"
    if limits.clock_limit_seconds == left_seconds:
        at = readable_time(parse_timestamp(limits.clock_time))
        return f"the job must be over by {at}, and {left}"
    if limits.time_limit_seconds == left_seconds:
        limit = f"the time limit of {duration(limits.whole_time_limit_seconds or 0)}"
        used = duration(limits.used_seconds)
        return f"the attempts so far have run for {used} of {limit}, and {left}"
    return f"no job may run longer than {LONGEST_JOB_SECONDS // 3600} hours, and {left}"
