"""Describes the resources of this target for people: console pages and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.notifications.links import region_of
from parris.resource import Guide, LogPlace, Resource
from parris.targets.batch.names import definition_name, is_definition_id, is_job_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parris.job import Job

NAME = "batch"
BATCH_JOB, DEFINITION = "batch job", "job definition"


def kind_of(resource_id: str) -> str | None:
    """Return the kind of the resource, or None if the id is not one of this target."""
    if is_definition_id(resource_id):
        return DEFINITION
    return BATCH_JOB if is_job_id(resource_id) else None


def describe(job: Job, ids: Iterable[str]) -> Guide:
    """Return the description of these resources of a job, without calling AWS."""
    region = region_of(job.execution_arn)
    known = {one: kind for one in ids if (kind := kind_of(one)) is not None}
    place = log_place(job)
    # Where a runner of ours writes the log, the container's has its notes only.
    has_own_log = job.spec.get("runs_image_command") is True and BATCH_JOB in known.values()
    return Guide(
        tuple(described(one, kind, region) for one, kind in known.items()),
        find_commands=(
            f"aws batch describe-job-definitions --region {region} --status ACTIVE"
            f" --job-definition-name {definition_name(job)}",
        ),
        logs=(place,) if has_own_log else (),
        log_commands=(
            f"aws logs tail {place.group} --region {region}"
            f" --log-stream-name-prefix {place.stream_prefix}",
        ),
    )


def log_place(job: Job) -> LogPlace:
    """Return where the containers of a run write their own output: the environment names it."""
    return LogPlace(f"/parris/{job.deployment}-batch/jobs", f"{definition_name(job)}/")


def described(resource_id: str, kind: str, region: str) -> Resource:
    """Return a resource from its id alone."""
    return Resource(
        target=NAME,
        kind=kind,
        resource_id=resource_id,
        console_url=_console_url(resource_id, kind, region),
        removal_command=_removal_command(resource_id, kind, region),
        runs_job=kind == BATCH_JOB,
        is_billed=kind == BATCH_JOB,
    )


def _console_url(resource_id: str, kind: str, region: str) -> str:
    console = f"https://{region}.console.aws.amazon.com/batch/home?region={region}"
    if kind == DEFINITION:
        return f"{console}#job-definition/detail/{resource_id}"
    return f"{console}#jobs/detail/{resource_id}"


def _removal_command(resource_id: str, kind: str, region: str) -> str:
    if kind == DEFINITION:
        return (
            f"aws batch deregister-job-definition --region {region} --job-definition {resource_id}"
        )
    return (
        f'aws batch terminate-job --region {region} --job-id {resource_id} --reason "Ended by hand"'
    )
