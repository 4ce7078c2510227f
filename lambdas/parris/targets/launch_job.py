"""What the launch state of every target does: claims the job's name, then starts the launch."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from parris.entrypoint import logger
from parris.errors import (
    CapacityUnavailableError,
    DeploymentEndingError,
    JobNameTakenError,
    QuotaError,
    ResourceBusyError,
    StopRequestedError,
    SupersededError,
)
from parris.job import Job
from parris.late_launch import refuse_if_too_late
from parris.launch_progress import launch_progress
from parris.outage import LONGEST_UNSEEN_LAUNCH
from parris.payloads import Payload, maybe_text_in, part_of, text_in
from parris.timestamps import format_timestamp, parse_timestamp
from parris.waits import Wait, sleep_seconds

if TYPE_CHECKING:
    from datetime import datetime

    from parris.aws.job_item import JobItem
    from parris.entrypoint import Deps

_LONGEST_WAIT_SECONDS = 30
_LONGEST_PAUSE = 300
"""Seconds between two checks of a run that waits for capacity."""


def run(event: Payload, deps: Deps) -> Payload:
    """Return the job, what was launched for it, and what is known before its first check."""
    state = part_of(event, "state")
    job = Job.from_payload(part_of(state, "job"))
    now = parse_timestamp(text_in(event, "now"))
    failed_launch_id = _failed_launch_id(state)
    if failed_launch_id is not None:
        if not deps.target(job.target).clear_failed_launch(job, failed_launch_id):
            return _waiting(job, now, failed_launch_id)
        job = job.with_offer(job.attempt + 1)
    if not _has_claimed_name(job, deps):
        return _waiting(job, now, None)
    if job.past_attempts:
        _begin_attempt(job, deps)
        if now < parse_timestamp(job.not_before):
            return _waiting(job, now, None)
    job = job.counted_from(now)
    refuse_if_too_late(job.limits)
    try:
        launch_id = deps.target(job.target).launch(job, now)
    except (CapacityUnavailableError, QuotaError, ResourceBusyError) as err:
        if not job.has_another_offer:
            raise
        # The next offer has an invocation of its own: a retry of this one repeats this offer only.
        logger.warning("refused, trying the next offer", extra={"cause": str(err)})
        return _waiting(job.with_offer(job.attempt + 1), now, None)
    if launch_id is None:
        return _waiting(job, now, None)
    return _answer(job, now, launch_id, is_requested=True)


def _begin_attempt(job: Job, deps: Deps) -> None:
    """Make sure that nothing of the previous attempt is taken for this one, and that it may begin.

    The machine's item goes first, so that no event of it can bring anything back.
    """
    before = job.past_attempts[-1]
    if before.machine_id:
        deps.aws.machines_table.forget(before.machine_id)
    item = deps.aws.jobs_table.begin_attempt(job.training_job_name, job.execution_arn)
    if item is None or item.superseded_by is not None:
        by = "another run" if item is None else item.superseded_by
        raise SupersededError(f"attempt {job.attempt_number} was not launched: replaced by {by}")
    if item.is_stop_requested:
        raise StopRequestedError(
            f"attempt {job.attempt_number} was not launched: a stop was requested"
        )


def _failed_launch_id(state: Payload) -> str | None:
    launch = part_of(state, "launch")
    if maybe_text_in(part_of(state, "run"), "status") == "no-capacity":
        return text_in(launch, "launch_id")
    return maybe_text_in(launch, "failed_launch_id")


def _has_claimed_name(job: Job, deps: Deps) -> bool:
    """Return whether the job's name is now this execution's; false while its holder is ending."""
    table, name = deps.aws.jobs_table, job.training_job_name
    if table.claim(name, job.execution_arn, job.submitted_at):
        _refuse_if_deployment_ends(deps)
        return True
    holder = table.find(name)
    if holder is not None and deps.aws.executions.is_alive(holder.execution_arn):
        _replace_or_give_up(job, holder, deps)
        return False
    dead = None if holder is None else holder.execution_arn
    has_claimed = table.claim(name, job.execution_arn, job.submitted_at, ended_owner_arn=dead)
    _refuse_if_deployment_ends(deps)
    return has_claimed


def _refuse_if_deployment_ends(deps: Deps) -> None:
    # After the claim: so the one who deletes either sees the claim, or is seen here.
    if deps.aws.deployment_deletion.has_begun():
        raise DeploymentEndingError(
            f"the deployment {deps.settings.deployment} is being deleted, so nothing was launched."
            " Deploy it again, or delete it again where the deletion had failed"
        )


def _replace_or_give_up(job: Job, holder: JobItem, deps: Deps) -> None:
    if not job.replaces_another:
        raise JobNameTakenError(
            f"the job name {job.training_job_name} is held by {holder.execution_arn}, which still"
            " runs and was not touched. Wait until it has ended, stop it, set stack-replacement to"
            " true, or choose another training-job-name"
        )
    if holder.submitted_at > job.submitted_at:
        raise SupersededError(f"{holder.execution_arn} was started later and replaced this run")
    if holder.superseded_by != job.execution_arn:
        deps.aws.signals.supersede(job.training_job_name, holder.execution_arn, job.execution_arn)


def _waiting(job: Job, now: datetime, failed_launch_id: str | None) -> Payload:
    return _answer(job, now, failed_launch_id, is_requested=False)


def _answer(job: Job, now: datetime, launch_id: str | None, *, is_requested: bool) -> Payload:
    waited_seconds = int((now - parse_timestamp(job.submitted_at)).total_seconds())
    next_check_seconds = max(1, min(waited_seconds // 4, _LONGEST_WAIT_SECONDS))
    if not is_requested and job.not_before:
        # Nothing is billed meanwhile; a stop request is noticed by then.
        until_begin_seconds = ceil((parse_timestamp(job.not_before) - now).total_seconds())
        next_check_seconds = max(next_check_seconds, min(until_begin_seconds, _LONGEST_PAUSE))
    launch: Payload = {
        "launch_id": launch_id,
        "failed_launch_id": None if is_requested else launch_id,
        "launch_name": job.launch_name,
        "created_at": format_timestamp(now),
        "retry_checks_until": format_timestamp(now + LONGEST_UNSEEN_LAUNCH),
        "is_requested": is_requested,
        "next_check_seconds": next_check_seconds,
    }
    # A short limit also counts during the launch, of which nothing is known until its first check.
    first_check_seconds = min(sleep_seconds(Wait.LAUNCH, 0), job.limits.ends_at_seconds())
    run = launch_progress("starting", 1, max(1, first_check_seconds), now)
    return {"job": job.to_payload(), "launch": launch, "run": run}
