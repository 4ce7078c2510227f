"""Finds a run, running or ended, by its job's name, its job id or its ARN."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.bucket import Bucket
from parris.error_text import error_name
from parris.errors import REFUSALS
from parris.folder import JobFolder
from parris.near_names import did_you_mean
from parris.payloads import maybe_text_in, part_of
from parris_cli.aws_errors import AWS_ERRORS, is_denied
from parris_cli.errors import RefusedError
from parris_cli.job_names import possible_names
from parris_cli.runs.running import newest_state
from parris_cli.starting.start_job import StartedJob, name_in_id
from parris_cli.stopping.find_running import describe_run, ids_begin_with, running_executions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parris_cli.account.clients import Account

_MOST_ASKED = 50


@dataclass(frozen=True, slots=True)
class FoundJob:
    """A started run. `started` is None if only its files are left.

    `name` is the training job's name, None if it is unknown.
    """

    job_id: str
    name: str | None
    started: StartedJob | None


def find_started(account: Account, job: str) -> FoundJob:
    """Find a run: by an ARN, by a job id, or the newest one with a job's or a stack's name.

    A running one is preferred over any that has ended.

    Raises:
        RefusedError: when there is none.
    """
    names = possible_names(job)
    machine_arn = account.deployment.state_machine_arn
    executions = machine_arn.replace(":stateMachine:", ":execution:")
    if names[0].startswith("arn:") and not job.startswith(f"{executions}:"):
        raise RefusedError(f"{job} is not a run of {machine_arn}; pass its --deployment")
    job_id = names[0].removeprefix(f"{executions}:")
    found = _describe_or_trust(account, job_id, f"{executions}:{job_id}")
    if found is not None:
        return FoundJob(job_id, name_in_id(job_id), found)
    running = {one["executionArn"] for one in running_executions(account)}
    for name in names:
        newest = _newest_of(account, name, executions, running)
        if newest is not None:
            return newest
    name_of_id = name_in_id(job_id)
    if name_of_id is not None and _has_folder(account, name_of_id, job_id):
        return FoundJob(job_id, name_of_id, None)
    alive = ", ".join(sorted(arn.rpartition(":")[2] for arn in running))
    else_ = f"running jobs: {alive}" if alive else "no run is running either"
    meant = did_you_mean(names[0], _names(account)) or ". `parris list` shows what has ended"
    raise RefusedError(f"there is no job named {job}, and none with that id; {else_}{meant}")


def _newest_of(account: Account, name: str, executions: str, running: set[str]) -> FoundJob | None:
    """Return the running run of a name, else its newest, None if there is none.

    One that was refused counts only where there is no other.
    """
    ids = _ids_of(account, name)
    runs = [run for one in ids if (run := describe_run(account, f"{executions}:{one}"))]
    runs += [
        run
        for arn in running - {one.execution_arn for one in runs}
        if ids_begin_with(name, arn.rpartition(":")[2]) and (run := describe_run(account, arn))
    ]
    if runs:
        runs.sort(key=lambda one: (one.execution_arn in running, one.started_at), reverse=True)
        accepted = (one for one in runs if not _is_refused(account, name, one, running))
        newest = runs[0] if len(runs) == 1 else next(accepted, runs[0])
        return FoundJob(newest.job_id, name, newest)
    # Step Functions deletes an execution after 90 days; the files in the bucket stay.
    return FoundJob(ids[0], name, None) if ids else None


def _is_refused(account: Account, name: str, run: StartedJob, running: set[str]) -> bool:
    """Return whether a run has ended, or is about to, because it was refused."""
    try:
        if run.execution_arn in running:
            error = error_name(
                part_of(newest_state(account.stepfunctions, run.execution_arn), "error")
            )
        else:
            folder = JobFolder(account.deployment.bucket, name, run.job_id)
            record = Bucket(account.s3, folder.bucket).read_json(folder.record_key) or {}
            error = maybe_text_in(part_of(record, "outcome"), "error")
    except AWS_ERRORS:
        return False  # it may not be read
    return error in REFUSALS


def _describe_or_trust(account: Account, job_id: str, execution_arn: str) -> StartedJob | None:
    """Return the run with an id; if describing it is denied, anything that looks like an id."""
    try:
        return describe_run(account, execution_arn)
    except ClientError as err:
        if is_denied(err) and name_in_id(job_id) is not None:
            return StartedJob(job_id, execution_arn, datetime.now(UTC))
        raise


def _ids_of(account: Account, name: str) -> list[str]:
    """Return the ids of the runs with that name that have files in the bucket, newest first."""
    try:
        pages = account.s3.get_paginator("list_objects_v2").paginate(
            Bucket=account.deployment.bucket, Prefix=f"jobs/{name}/", Delimiter="/"
        )
        ids = [one["Prefix"].split("/")[-2] for page in pages for one in _folders(page)]
    except ClientError as err:
        if is_denied(err):
            return []
        raise
    return sorted(ids, key=_time_in_id, reverse=True)[:_MOST_ASKED]


def _names(account: Account) -> list[str]:
    """Return the names of jobs that have files in the bucket, the first thousand of them."""
    try:
        page = account.s3.list_objects_v2(
            Bucket=account.deployment.bucket, Prefix="jobs/", Delimiter="/"
        )
    except ClientError:  # the message without them says the same
        return []
    return [one["Prefix"].split("/")[-2] for one in _folders(page)]


def _folders(page: object) -> Iterable[dict[str, str]]:
    found: Iterable[dict[str, str]] = page.get("CommonPrefixes", [])  # type: ignore[attr-defined]
    return found


def _time_in_id(job_id: str) -> str:
    return "-".join(job_id.rsplit("-", 2)[1:]) if name_in_id(job_id) else ""


def _has_folder(account: Account, name: str, job_id: str) -> bool:
    response = account.s3.list_objects_v2(
        Bucket=account.deployment.bucket, Prefix=f"jobs/{name}/{job_id}/", MaxKeys=1
    )
    return response.get("KeyCount", 0) > 0
