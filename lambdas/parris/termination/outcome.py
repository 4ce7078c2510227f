"""How a job ended: the output of the execution, and the run record, which outlives it."""

import json
from collections.abc import Iterable

from parris.costs.quote import quote_of
from parris.costs.rate import Rate
from parris.error_text import error_name, error_text
from parris.job import Job
from parris.past_attempt import PastAttempt, sum_usd
from parris.payloads import Payload, maybe_int_in, maybe_text_in, part_of, text_in
from parris.reasons import EndReason
from parris.resource import NO_GUIDE, Guide
from parris.retention.keep_until import expiry_text
from parris.retention.retained import kept_of
from parris.termination.attempts import attempt_of, recorded_attempt
from parris.termination.bill import bill_of
from parris.termination.ending import EndState, EndStep

_RECORD_VERSION = 1


def outcome_of(
    job: Job,
    state: Payload,
    rate_of_run: Rate | None = None,
    *,
    guide: Guide = NO_GUIDE,
    results_prefix: str | None = None,
) -> Payload:
    """Return the outcome of a run.

    `kept` has the ids of the kept resources, which are still billed. `keep_until` is a timestamp,
    `always`, or null if unknown.

    Args:
        job: the job.
        state: `$` of the state machine, with `end` and the other parts that the run has reached.
        rate_of_run: the average rate of the run; None if it is the job's rate.
        guide: describes the resources that `named_ids` names.
        results_prefix: the prefix of the machine with the latest results; None if it is the job's.
    """
    confirmed = part_of(state, "confirmed")
    reason, cause = end_of(state)
    if confirmed.get("state") != EndState.ENDED:
        left = json.dumps(confirmed.get("left", "unknown"))
        cause = f"{reason}: {cause}; the end of these could not be confirmed: {left}"
        cause += _unconfirmed_text(state)
        note = maybe_text_in(confirmed, "note")
        cause += f"; {note}" if note else ""
        reason = EndReason.CLEANUP_FAILED
    else:
        why_not = maybe_text_in(part_of(confirmed, "attempt"), "why_not")
        cause += f"; no further attempt: {why_not}" if why_not else ""
        note = maybe_text_in(confirmed, "note")
        cause += f"; {note}" if note else ""
        cause += _kept_text(state, guide)
    bill, kept = bill_of(job, state, rate_of_run), kept_of(state)
    on_results = job if results_prefix is None else job.on_machine(results_prefix)
    attempts = (*job.past_attempts, attempt_of(job, state, bill, reason, cause))
    return {
        "job_id": job.job_id,
        "training_job_name": job.training_job_name,
        "execution_arn": job.execution_arn,
        "reason": reason,
        "cause": cause,
        "error": _error_of_end(state),
        "started_at": next((one.started_at for one in attempts if one.started_at), None),
        "ended_at": attempts[-1].ended_at,
        "runtime_seconds": sum(one.runtime_seconds for one in attempts),
        "estimated_cost_usd": sum_usd([one.cost_usd for one in attempts]),
        "cost_basis": bill.basis,
        "kept": [] if kept is None else list(kept.ids),
        "keep_until": None if kept is None else kept.until,
        "kept_usd_per_month": _kept_usd_per_month(attempts),
        "exit_status": maybe_int_in(confirmed, "exit_status"),
        "requirements_seconds": maybe_int_in(confirmed, "requirements_seconds"),
        "metrics": part_of(confirmed, "metrics"),
        "target": job.target,
        "launch_id": maybe_text_in(part_of(state, "launch"), "launch_id"),
        "target_details": part_of(confirmed, "target_details"),
        "results_uri": on_results.folder.results_uri,
        "record_uri": job.folder.record_uri,
        "on_termination": job.on_termination,
        "attempts": [recorded_attempt(job, one) for one in attempts],
    }


def end_of(state: Payload) -> tuple[EndReason, str]:
    """Return why the current attempt ended, and a sentence about it."""
    end, revised = part_of(state, "end"), part_of(part_of(state, "confirmed"), "revised")
    reason = EndReason(maybe_text_in(revised, "reason") or text_in(end, "reason"))
    return reason, maybe_text_in(revised, "cause") or _cause(state)


def _error_of_end(state: Payload) -> str | None:
    """Return the name of the error that ended the job, None if no error did."""
    is_revised = bool(part_of(part_of(state, "confirmed"), "revised"))
    return None if is_revised else error_name(_error_in(state))


def run_record(job: Job, state: Payload, outcome: Payload) -> Payload:
    """Return the run record: who ran what, from which config and script, and how it ended."""
    return {
        "record_version": _RECORD_VERSION,
        "started_by": job.started_by,
        "config": job.config,
        "script": None if job.script is None else job.script.to_payload(),
        "code": None if job.code is None else job.code.to_payload(),
        "warnings": list(job.warnings),
        "quote": quote_of(job),
        "outcome": outcome,
        "decision": part_of(state, "decision"),
        "cleanup": part_of(state, "confirmed"),
        # Only for an abandoned run that the cleanup has ended; otherwise null.
        "execution_stopped_at": maybe_text_in(part_of(state, "end"), "execution_stopped_at"),
    }


UNVERIFIED = " could not be verified, so "
"""Precedes the part of a cause that names what is kept, until when, and what a person can do."""


def _kept_text(state: Payload, guide: Guide) -> str:
    """Return the part of the cause about resources that are kept for unverified results."""
    step, kept = part_of(state, "cleanup").get("step"), kept_of(state)
    if kept is None or step == EndStep.STOPPING:
        return ""
    known = {one.resource_id: one.describe() for one in guide.resources}
    named = " and ".join(known.get(one, one) for one in kept.ids)
    is_or_are, it = ("is", "it") if len(kept.ids) == 1 else ("are", "them")
    expiry = expiry_text(kept.until)
    until = "" if expiry is None else f" until {expiry}, then deleted"
    by_hand = "" if expiry else f", then delete {it}"
    kept_for = f"; {kept.results}{UNVERIFIED}{named} {is_or_are} kept and billed"
    return f"{kept_for}{until}: save what you need{by_hand}"


def _cause(state: Payload) -> str:
    error = _error_in(state)
    if error:
        return error_text(error)
    return maybe_text_in(part_of(state, "decision"), "cause") or "no cause was recorded"


def _error_in(state: Payload) -> Payload:
    """Return the error that ended the job, empty if it was a decision."""
    error = part_of(state, "error")
    if error or maybe_text_in(part_of(state, "decision"), "cause"):
        return error
    return part_of(state, "outage")


def _unconfirmed_text(state: Payload) -> str:
    """Return why the last checks of the end failed, or an empty text if they did not."""
    error = part_of(state, "unconfirmed")
    return f"; the last checks failed: {error_text(error)}" if error else ""


def _kept_usd_per_month(attempts: Iterable[PastAttempt]) -> str | None:
    kept = [one.kept_usd_per_month for one in attempts if one.kept_usd_per_month is not None]
    return sum_usd(list(kept)) if kept else None
