"""State PollTerminationCondition: checks the job and decides whether it ends.

Reads `$.job`, `$.run`, and the target's carry in the previous `$.decision`. Clears wake and token
in the jobs table before the check. Returns `$.decision`: the reason (null while the job continues),
the cost so far, the seconds until the decision can next change, and the carry for the next check.
When the job gets near a limit, it returns the notification once and remembers that it was sent. For
a silent machine it returns since when it has been silent, and a notification at the first such
check. For a machine that is shutting down it returns since when, so that checks become less
frequent. If a machine ends before its runner started, the cause has the last lines of its console.
Of a trial of a sweep that stops trials early, it enters the rungs that the runner has reported into
the sweeps table, and decides there whether the trial goes on.
If AWS does not respond, a limit still ends the job, and an outage ends it after an hour
(`is_outage`).
May raise MachineStateUnknownError and the Aws errors.
"""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING

from parris.costs.cost import spent_usd
from parris.entrypoint import Deps, lambda_handler
from parris.errors import AwsThrottledError, AwsUnavailableError, MachineStateUnknownError
from parris.job import Job
from parris.liveness import silent_since
from parris.notifications.kinds import MessageKind
from parris.notifications.near_limit import Progress, checks_at_seconds, near_limit_message
from parris.outage import end_of_unseen_job, retry_checks_until
from parris.payloads import Payload, maybe_text_in, part_of, text_in
from parris.policy import MachineState, decide
from parris.recovery.reaper_rate import longest_sleep_seconds
from parris.targets.check_liveness import with_console, with_failed_check
from parris.targets.decided_end import with_decided_end
from parris.targets.spending import carry_of
from parris.timestamps import format_timestamp, parse_timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from parris.errors import ParrisError

_PASSING_ERRORS = (AwsThrottledError, AwsUnavailableError, MachineStateUnknownError)


def run(event: Payload, deps: Deps) -> Payload:
    """Return the decision."""
    state = part_of(event, "state")
    now = parse_timestamp(text_in(event, "now"))
    try:
        return _decision(state, now, deps)
    except _PASSING_ERRORS as err:
        unseen = _decision_unseen(state, now, err, deps)
        if unseen is None:
            raise
        return unseen


def _decision(state: Payload, now: datetime, deps: Deps) -> Payload:
    job = Job.from_state(state)
    watched = part_of(state, "run")
    launched_at = parse_timestamp(text_in(watched, "launched_at"))
    notes = deps.aws.jobs_table.begin_check(job.training_job_name, job.execution_arn)
    target, machine_id = deps.target(job.target), text_in(watched, "machine_id")
    seen = target.observe(
        job,
        machine_id,
        launched_at,
        reported_state=None if notes is None else notes.state_reported_of(machine_id),
    )
    # Without its item the run could not sleep any more: another run has taken over the name.
    seen = dataclasses.replace(
        seen,
        is_stop_requested=notes is not None and notes.is_stop_requested,
        superseded_by="another run" if notes is None else notes.superseded_by,
        shutting_down_since=_shutting_down_since(seen.machine, state, now),
    )
    seen = with_failed_check(seen, now, target, machine_id)
    seen = with_decided_end(seen, job, deps.aws)
    carry = carry_of(state)
    spending = target.spending(job, launched_at, carry, now)
    rate, limits = spending.rate, spending.limits
    was_notified = part_of(state, "decision").get("is_near_limit_notified") is True
    looks = () if was_notified else checks_at_seconds(job)
    longest_seconds = min(
        spending.longest_sleep_seconds, longest_sleep_seconds(deps.settings.reaper_rate)
    )
    decision = decide(limits, seen, now, looks, longest_seconds, job.liveness_timeouts)
    decision = with_console(decision, seen, target, machine_id)
    spent = None if rate is None else spent_usd(rate, decision.runtime_seconds)
    message = None
    if decision.reason is None and not was_notified and seen.machine is MachineState.RUNNING:
        progress = Progress(launched_at, decision.runtime_seconds, limits, spent)
        message = near_limit_message(job, progress)
    since = silent_since(seen.signs, now) if seen.machine is MachineState.RUNNING else None
    if decision.reason is None and since is not None and _is_new_silence(since, state):
        from parris.notifications.silence import silence_message

        # The notification that this one displaces is sent at the next check.
        message = silence_message(job, target.describe(job, (machine_id,)), since, now) or message
    is_notified = was_notified or (message is not None and message.kind is MessageKind.NEAR_LIMIT)
    if is_notified and not was_notified:
        # No later check is needed for this notification.
        decision = decide(limits, seen, now, (), longest_seconds, job.liveness_timeouts)
    next_check_at = now + timedelta(seconds=decision.next_check_seconds)
    return {
        "reason": decision.reason,
        "cause": decision.cause,
        "runtime_seconds": decision.runtime_seconds,
        "spent_usd": None if spent is None else str(spent),
        # The machine's end time is known later; the cost is then calculated from the last check.
        "carry": spending.carry if decision.reason is None else carry,
        "next_check_seconds": decision.next_check_seconds,
        "next_check_at": format_timestamp(next_check_at),
        "decided_at": format_timestamp(now),
        "is_outage": False,
        "retry_checks_until": format_timestamp(
            retry_checks_until(limits, launched_at, next_check_at)
        ),
        "message": None if message is None else message.to_payload(),
        "is_near_limit_notified": is_notified,
        "silent_since": None if since is None else format_timestamp(since),
        "shutting_down_since": None
        if seen.shutting_down_since is None
        else format_timestamp(seen.shutting_down_since),
    }


def _shutting_down_since(machine: MachineState, state: Payload, now: datetime) -> datetime | None:
    if machine is not MachineState.ENDING:
        return None
    before = maybe_text_in(part_of(state, "decision"), "shutting_down_since")
    return now if before is None else parse_timestamp(before)


def _is_new_silence(since: datetime, state: Payload) -> bool:
    return part_of(state, "decision").get("silent_since") != format_timestamp(since)


def _decision_unseen(state: Payload, now: datetime, err: ParrisError, deps: Deps) -> Payload | None:
    """Return the decision after a failed check, or None if the check is to be repeated."""
    job, before = Job.from_state(state), part_of(state, "decision")
    launched_at = parse_timestamp(text_in(part_of(state, "run"), "launched_at"))
    carry = carry_of(state)
    limits = deps.target(job.target).carried_limits(job, carry)
    outage_since = maybe_text_in(part_of(before, "outage"), "since")
    since = now if outage_since is None else parse_timestamp(outage_since)
    end = end_of_unseen_job(limits, launched_at, since, now, f"{type(err).__name__}: {err}")
    if end is None:
        return None
    reason, cause = end
    return {
        "reason": reason,
        "cause": cause,
        "runtime_seconds": int((now - launched_at).total_seconds()),
        "spent_usd": None,
        "carry": carry,
        "next_check_seconds": 1,
        "next_check_at": format_timestamp(now + timedelta(seconds=1)),
        "decided_at": format_timestamp(now),
        "is_outage": True,
        "retry_checks_until": format_timestamp(now),
        "message": None,
        "is_near_limit_notified": before.get("is_near_limit_notified") is True,
        "silent_since": maybe_text_in(before, "silent_since"),
        "shutting_down_since": maybe_text_in(before, "shutting_down_since"),
    }


handler = lambda_handler(run)
