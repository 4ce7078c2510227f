"""The notification of a job's end: one message, of the most serious kind that applies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.durations import duration, readable_time
from parris.notifications.kinds import MessageKind, should_notify
from parris.notifications.leftovers import left_paragraphs
from parris.notifications.links import execution_url, region_of
from parris.notifications.message import cut, make_message
from parris.notifications.retained import kept_paragraphs
from parris.payloads import (
    Payload,
    int_in,
    maybe_text_in,
    part_of,
    parts_in,
    text_in,
    texts_in,
)
from parris.reasons import EndReason
from parris.retention.retained import kept_of
from parris.termination.ending import is_abandoned
from parris.timestamps import parse_timestamp

if TYPE_CHECKING:
    from parris.job import Job
    from parris.notifications.message import Message
    from parris.resource import Guide
    from parris.retention.retained import Kept

MOST_CAUSE_CHARACTERS = 10_000

REASON_TEXTS: dict[EndReason, str] = {
    EndReason.COMPLETED: "the script has finished",
    EndReason.SCRIPT_FAILED: "the script failed",
    EndReason.TIME_LIMIT: "its time limit was reached",
    EndReason.CLOCK_TIME: "its clock time was reached",
    EndReason.COST_LIMIT: "its cost limit was reached",
    EndReason.STOPPED_EARLY: "other trials of its sweep were better",
    EndReason.METRIC_REACHED: "its metric reached the goal",
    EndReason.NO_IMPROVEMENT: "its metric did not improve any more",
    EndReason.NO_PROGRESS: "its script did not go on",
    EndReason.INSTANCE_LOST: "its machine was lost, or could not be checked for too long",
    EndReason.NO_CAPACITY: "AWS had no capacity for such a machine",
    EndReason.LAUNCH_FAILED: "it could not be launched",
    EndReason.SUPERSEDED: "a later run replaced it",
    EndReason.ABORTED: "a stop was requested",
    EndReason.CLEANUP_FAILED: "some of its resources could not be ended",
    EndReason.CONFIG_REJECTED: "its config has violations",
}


def end_message(job: Job, state: Payload, outcome: Payload, guide: Guide) -> Message | None:
    """Return the notification of the end, or None if the job does not want it.

    Args:
        job: the job.
        state: `$` of the state machine that the outcome was made from.
        outcome: the result of `outcome_of`.
        guide: describes the resources that `named_ids` names.
    """
    reason, kept = EndReason(text_in(outcome, "reason")), kept_of(state)
    has_expired = state.get("keep_expired") is True
    kind = _kind(reason, kept, has_expired=has_expired)
    if not should_notify(kind, job.notify):
        return None
    name = job.training_job_name or job.job_id
    match kind:
        case MessageKind.CLEANUP_FAILED:
            news = "could not be cleaned up, and may cost money"
            left = texts_in(part_of(state, "confirmed"), "left")
            details = (*left_paragraphs(guide, left), *_next_try(state))
        case MessageKind.KEPT if kept is not None:
            news = f"{reason}, resources are kept"
            usd_per_month = maybe_text_in(outcome, "kept_usd_per_month")
            details = kept_paragraphs(kept, guide, usd_per_month, job.on_termination)
        case MessageKind.KEPT:
            news = "kept resources were deleted"
            details = ("The retention of its kept resources has ended, and they were deleted.",)
        case _:
            news = str(reason)
            details = ("Leftovers: none. All of its resources are gone.",)
    return make_message(
        kind,
        name,
        news,
        (
            f"The job {name} has ended as {reason}: {REASON_TEXTS[reason]}.",
            f"Why: {cut(text_in(outcome, 'cause'), MOST_CAUSE_CHARACTERS)}",
            "" if has_expired else _from_outside(state),
            *details,
            _figures(outcome),
            _attempts(outcome),
            _places(job, outcome),
            _more(job, outcome),
        ),
    )


def _kind(reason: EndReason, kept: Kept | None, *, has_expired: bool) -> MessageKind:
    if reason is EndReason.CLEANUP_FAILED:
        return MessageKind.CLEANUP_FAILED
    return MessageKind.ENDED if kept is None and not has_expired else MessageKind.KEPT


def _next_try(state: Payload) -> tuple[str, ...]:
    """Return what is tried next: a failed run starts the cleanup, a failed cleanup nothing more."""
    if is_abandoned(state):
        return ()
    return ("The deployment's cleanup tries for another day, and sends another notification.",)


def _from_outside(state: Payload) -> str:
    if not is_abandoned(state):
        return ""
    return (
        "Its execution was stopped, timed out or failed before it had ended the job. The"
        " deployment's cleanup ended it instead."
    )


def _figures(outcome: Payload) -> str:
    started_at = maybe_text_in(outcome, "started_at")
    if started_at is None:
        return "No machine was launched."
    began, ended = (
        readable_time(parse_timestamp(text)) for text in (started_at, text_in(outcome, "ended_at"))
    )
    usd = maybe_text_in(outcome, "estimated_cost_usd")
    cost = "its cost is unknown" if usd is None else f"it cost {usd} USD (estimate)"
    ran = duration(int_in(outcome, "runtime_seconds"))
    return f"It ran {ran}, from {began} to {ended}, and {cost}."


def _attempts(outcome: Payload) -> str:
    """Return a line for each attempt of a run that had several, else an empty text."""
    attempts = parts_in(outcome, "attempts")
    if len(attempts) < 2:
        return ""
    return "\n".join(("Its attempts, which share its limits:", *map(_attempt, attempts)))


def _attempt(attempt: Payload) -> str:
    usd = maybe_text_in(attempt, "estimated_cost_usd")
    cost = "at an unknown cost" if usd is None else f"for {usd} USD"
    ran = duration(int_in(attempt, "runtime_seconds"))
    where = maybe_text_in(attempt, "results_uri")
    results = "" if where is None else f"; results: {where}"
    title, reason = text_in(attempt, "title"), text_in(attempt, "reason")
    return f"  {int_in(attempt, 'number')}. {title}: {reason} after {ran}, {cost}{results}"


def _places(job: Job, outcome: Payload) -> str:
    return "\n".join(
        (
            f"Results: {text_in(outcome, 'results_uri')}",
            f"Record: {text_in(outcome, 'record_uri')}",
            f"Run: {job.job_id} of the deployment {job.deployment}, started by {job.started_by}",
        )
    )


def _more(job: Job, outcome: Payload) -> str:
    region = region_of(job.execution_arn)
    results = text_in(outcome, "results_uri")
    return "\n".join(
        (
            "To see more:",
            f"  parris report {job.job_id}",
            f"  {execution_url(job.execution_arn)}",
            f"  aws s3 cp --region {region} {text_in(outcome, 'record_uri')} -",
            f"  aws s3 cp --region {region} --recursive {results} results/{job.job_id}/",
        )
    )
