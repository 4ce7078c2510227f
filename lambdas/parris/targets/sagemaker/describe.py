"""Describes the resources of this target for people: console pages and commands.

A name shows what has it: those of roles begin with `parris.`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.notifications.links import region_of
from parris.resource import Guide, LogPlace, Resource
from parris.targets.sagemaker.names import is_name, is_role_name, name_start

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parris.job import Job

NAME = "sagemaker"
LOG_GROUP = "/aws/sagemaker/TrainingJobs"
"""Where SageMaker writes the output of all training jobs of an account and Region."""

TRAINING_JOB, WARM_POOL, ROLE = "training job", "warm pool", "role"


def kind_of(resource_id: str) -> str | None:
    """Return the kind of the resource, or None if the id is not one of this target."""
    if is_role_name(resource_id):
        return ROLE
    return TRAINING_JOB if is_name(resource_id) else None


def describe(job: Job, ids: Iterable[str]) -> Guide:
    """Return the description of these resources of a job, without calling AWS."""
    region = region_of(job.execution_arn)
    known = {one: kind for one in ids if (kind := kind_of(one)) is not None}
    return Guide(
        tuple(described(one, kind, region) for one, kind in known.items()),
        find_commands=_find_commands(job, region),
        logs=tuple(log_place(one) for one, kind in known.items() if kind == TRAINING_JOB),
        log_commands=tuple(
            f"aws logs tail {LOG_GROUP} --region {region} --log-stream-name-prefix {one}/"
            for one, kind in known.items()
            if kind == TRAINING_JOB
        ),
    )


def log_place(name: str) -> LogPlace:
    """Return where SageMaker writes the log of a training job."""
    return LogPlace(LOG_GROUP, f"{name}/")


def described(resource_id: str, kind: str, region: str) -> Resource:
    """Return a resource from its id alone."""
    return Resource(
        target=NAME,
        kind=kind,
        resource_id=resource_id,
        console_url=_console_url(resource_id, kind, region),
        removal_command=_removal_command(resource_id, kind, region),
        runs_job=kind == TRAINING_JOB,
        is_billed=kind != ROLE,
    )


def _console_url(resource_id: str, kind: str, region: str) -> str:
    if kind == ROLE:
        return f"https://console.aws.amazon.com/iam/home#/roles/{resource_id}"
    console = f"https://{region}.console.aws.amazon.com/sagemaker/home?region={region}"
    return f"{console}#/jobs/{resource_id}"


def _removal_command(resource_id: str, kind: str, region: str) -> str:
    match kind:
        case "role":
            return (
                f"aws iam delete-role-policy --role-name {resource_id} --policy-name job"
                f" && aws iam delete-role --role-name {resource_id}"
            )
        case "warm pool":
            return (
                f"aws sagemaker update-training-job --region {region} --training-job-name"
                f" {resource_id} --resource-config KeepAlivePeriodInSeconds=0"
            )
        case _:
            return (
                f"aws sagemaker stop-training-job --region {region} --training-job-name"
                f" {resource_id}"
            )


def _find_commands(job: Job, region: str) -> tuple[str, ...]:
    start = name_start(job.training_job_name)
    return (f"aws sagemaker list-training-jobs --region {region} --name-contains {start}-",)
