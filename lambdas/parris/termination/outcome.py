"""How a job ended: the output of the execution, and the run record, which outlives it."""

import json
from datetime import datetime, timedelta

from parris.costs.cost import cost_basis, kept_usd_per_month, spent_usd
from parris.costs.quote import quote_of
from parris.costs.rate import Rate
from parris.job import Job
from parris.payloads import Payload, maybe_int_in, maybe_text_in, part_of, text_in
from parris.reasons import EndReason
from parris.resource import NO_GUIDE, Guide
from parris.retention.keep_until import expiry_text
from parris.retention.retained import KEEPING_STEPS, kept_of
from parris.termination.ending import EndState, EndStep
from parris.termination.recorded_end import part_ends_in
from parris.timestamps import format_timestamp, maybe_timestamp_in, parse_timestamp

_SHUTDOWN_ALLOWANCE = timedelta(seconds=60)
_RECORD_VERSION = 1


def outcome_of(
    job: Job, state: Payload, rate_of_run: Rate | None = None, *, guide: Guide = NO_GUIDE
) -> Payload:
    """Return the outcome of a run.

    `kept` has the ids of the kept resources, which are still billed. `keep_until` is a timestamp,
    `always`, or null if unknown.

    Args:
        job: the job.
        state: `$` of the state machine, with `end` and the other parts that the run has reached.
        rate_of_run: the average rate of the run; None if it is the job's rate.
        guide: describes the resources that `named_ids` names.
    """
    end, confirmed = part_of(state, "end"), part_of(state, "confirmed")
    revised = part_of(confirmed, "revised")
    reason = EndReason(maybe_text_in(revised, "reason") or text_in(end, "reason"))
    cause = maybe_text_in(revised, "cause") or _cause(state)
    if confirmed.get("state") != EndState.ENDED:
        left = json.dumps(confirmed.get("left", "unknown"))
        cause = f"{reason}: {cause}; the end of these could not be confirmed: {left}"
        cause += _unconfirmed_text(state)
        reason = EndReason.CLEANUP_FAILED
    else:
        cause += _kept_text(state, guide)
    launched_at, ended_at = launched_at_of(state), ended_at_of(state)
    runtime_seconds = 0
    if launched_at is not None:
        # AWS bills every launch, even if the machine ended within its first second.
        runtime_seconds = max(1, -(-(ended_at - launched_at) // timedelta(seconds=1)))
    rate = rate_of_run or job.rate
    part_seconds = _seconds_of_parts(state, rate, launched_at, runtime_seconds)
    kept = kept_of(state)
    return {
        "job_id": job.job_id,
        "training_job_name": job.training_job_name,
        "execution_arn": job.execution_arn,
        "reason": reason,
        "cause": cause,
        "started_at": None if launched_at is None else format_timestamp(launched_at),
        "ended_at": format_timestamp(ended_at),
        "runtime_seconds": runtime_seconds,
        "estimated_cost_usd": (
            None if rate is None else str(spent_usd(rate, runtime_seconds, part_seconds))
        ),
        "cost_basis": cost_basis(rate, runtime_seconds, part_seconds),
        "kept": [] if kept is None else list(kept.ids),
        "keep_until": None if kept is None else kept.until,
        "kept_usd_per_month": _kept_usd_per_month(job, state),
        "exit_status": maybe_int_in(confirmed, "exit_status"),
        "requirements_seconds": maybe_int_in(confirmed, "requirements_seconds"),
        "metrics": part_of(confirmed, "metrics"),
        "target": job.target,
        "launch_id": maybe_text_in(part_of(state, "launch"), "launch_id"),
        "target_details": part_of(confirmed, "target_details"),
        "results_uri": job.folder.results_uri,
        "record_uri": job.folder.record_uri,
        "on_termination": job.on_termination,
    }


def run_record(job: Job, state: Payload, outcome: Payload) -> Payload:
    """Return the run record: who ran what, from which config and script, and how it ended."""
    return {
        "record_version": _RECORD_VERSION,
        "started_by": job.started_by,
        "config": job.config,
        "script": {
            "filename": job.script.filename,
            "source": job.script.source,
            "sha256": job.script.sha256,
        },
        "code": None if job.code is None else job.code.to_payload(),
        "warnings": list(job.warnings),
        "quote": quote_of(job),
        "outcome": outcome,
        "decision": part_of(state, "decision"),
        "cleanup": part_of(state, "confirmed"),
        # Only for an abandoned run that the cleanup has ended; otherwise null.
        "execution_stopped_at": maybe_text_in(part_of(state, "end"), "execution_stopped_at"),
    }


UNVERIFIED = "; the results could not be verified, so "
"""Begins the part of a cause that names what is kept, until when, and what a person can do."""


def _kept_text(state: Payload, guide: Guide) -> str:
    """Return the part of the cause about resources that are kept for unverified results."""
    step, kept = part_of(state, "cleanup").get("step"), kept_of(state)
    if kept is None or step not in (EndStep.KEPT, EndStep.PART_KEPT):
        return ""
    known = {one.resource_id: one.describe() for one in guide.resources}
    named = " and ".join(known.get(one, one) for one in kept.ids)
    is_or_are, it = ("is", "it") if len(kept.ids) == 1 else ("are", "them")
    expiry = expiry_text(kept.until)
    until = "" if expiry is None else f" until {expiry}, then deleted"
    by_hand = "" if expiry else f", then delete {it}"
    return f"{UNVERIFIED}{named} {is_or_are} kept and billed{until}: save what you need{by_hand}"


def _cause(state: Payload) -> str:
    error = part_of(state, "error")
    decided = maybe_text_in(part_of(state, "decision"), "cause")
    if not error and decided:
        return decided
    error = error or part_of(state, "outage")
    if not error:
        return "no cause was recorded"
    return _error_text(error)


def _unconfirmed_text(state: Payload) -> str:
    """Return why the last checks of the end failed, or an empty text if they did not."""
    error = part_of(state, "unconfirmed")
    return f"; the last checks failed: {_error_text(error)}" if error else ""


def _error_text(error: Payload) -> str:
    name, cause = str(error.get("Error", "")), str(error.get("Cause", ""))
    return f"{name}: {_message_in(cause)}"


def _message_in(cause: str) -> str:
    """Return the message in a Lambda error, which is JSON, or else the unchanged text."""
    try:
        details = json.loads(cause)
    except ValueError:
        return cause
    message = details.get("errorMessage") if isinstance(details, dict) else None
    return message if isinstance(message, str) else cause


def launched_at_of(state: Payload) -> datetime | None:
    """Return when the machine was launched, or None if none ever ran."""
    found = maybe_timestamp_in(part_of(state, "run"), "launched_at")
    return found or maybe_timestamp_in(part_of(state, "confirmed"), "launched_at")


def ended_at_of(state: Payload) -> datetime:
    """Return when the machine ended according to AWS, or else the latest possible time.

    AWS may report when the stop was requested. If the script was still saving then, the machine
    ran at least until the script ended.
    """
    confirmed = part_of(state, "confirmed")
    decided_at = parse_timestamp(text_in(part_of(state, "end"), "decided_at"))
    machine_ended_at = maybe_timestamp_in(confirmed, "machine_ended_at")
    script_ended_at = maybe_timestamp_in(confirmed, "script_ended_at")
    latest = maybe_timestamp_in(confirmed, "confirmed_at") or decided_at
    if machine_ended_at is not None:
        return max(machine_ended_at, min(script_ended_at or machine_ended_at, latest))
    return latest if script_ended_at is None else min(latest, script_ended_at + _SHUTDOWN_ALLOWANCE)


def _seconds_of_parts(
    state: Payload, rate: Rate | None, launched_at: datetime | None, runtime_seconds: int
) -> dict[str, int]:
    """Return how long each part that outlives the machine was billed, up to now if it is kept.

    If no check has found the part ended, this is at least the time that an estimate counts. The
    result is empty if there was no check.
    """
    confirmed = part_of(state, "confirmed")
    checked_at, ends = maybe_timestamp_in(confirmed, "confirmed_at"), part_ends_in(confirmed)
    if rate is None or launched_at is None or checked_at is None:
        return {}
    found = {}
    for one in rate.components:
        seconds = -(-(ends.get(one.part, checked_at) - launched_at) // timedelta(seconds=1))
        if one.part not in ends and confirmed.get("state") != EndState.ENDED:
            seconds = max(seconds, runtime_seconds + one.reserve_seconds)
        found[one.part] = seconds
    return found


def _kept_usd_per_month(job: Job, state: Payload) -> str | None:
    """Return the monthly cost of the kept storage, or None if none is kept or it is unknown."""
    is_kept = part_of(state, "cleanup").get("step") in KEEPING_STEPS
    usd = kept_usd_per_month(job.rate) if is_kept else None
    return None if usd is None else str(usd)
