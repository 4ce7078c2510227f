"""The ECS task of an attempt: the variables of its container, and what it needs to start."""

import secrets
from collections.abc import Iterator
from typing import Any

from embedded_aws.batch_compute.host import Placement
from embedded_aws.batch_compute.resources import Resources
from embedded_aws.batch_container import TASKS_SERVICE, BatchTask
from embedded_aws.batch_jobs import failures
from embedded_aws.batch_jobs.job import BatchJob
from embedded_aws.batch_jobs.overrides import substitute
from embedded_aws.batch_jobs.store import tags_of
from embedded_aws.batch_jobs.task_log import find_log, log_role_of
from embedded_aws.context import current
from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.role_permissions import find_missing_permission
from embedded_aws.permissions.trust import RoleNotAssumableError, require_trust

_PULL_ACTIONS = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")


def make_task(job: BatchJob, placement: Placement, number: int) -> BatchTask:
    """Return the task of an attempt.

    Args:
        job: the job.
        placement: where it runs.
        number: that of the attempt, from 1.
    """
    settings = current().settings
    environment = placement.environment
    place = f"{settings.region}:{settings.account_id}"
    resources = Resources.of_container(job.container)
    own = {str(one["name"]): str(one["value"]) for one in job.container["environment"]}
    queue_name = job.queue_arn.rpartition("/")[2]
    return BatchTask(
        job_id=job.job_id,
        job_name=job.name,
        queue_name=queue_name,
        definition_name=str(job.definition["jobDefinitionName"]),
        attempt=number,
        task_arn=f"arn:aws:ecs:{place}:task/{environment.ecs_name}/{secrets.token_hex(16)}",
        image=str(job.container["image"]),
        command=substitute(job.container.get("command") or (), job.parameters),
        environment={
            **own,
            "AWS_BATCH_JOB_ID": job.job_id,
            "AWS_BATCH_JOB_ATTEMPT": str(number),
            "AWS_BATCH_JQ_NAME": queue_name,
            "AWS_BATCH_CE_NAME": str(environment.name),
        },
        parameters=dict(job.parameters),
        job_role_arn=str(job.container.get("jobRoleArn") or ""),
        instance_type=placement.instance_type,
        availability_zone=placement.availability_zone,
        vcpus=resources.vcpus,
        memory_mib=resources.memory_mib,
        gpus=resources.gpus,
        tags=tags_of(job.arn),
        container_properties=job.container,
    )


def find_start_problem(task: BatchTask, placement: Placement) -> str:
    """Return why ECS cannot start a task, empty if it can."""
    return next(_problems(task, placement), "")


def _problems(task: BatchTask, placement: Placement) -> Iterator[str]:
    settings = current().settings
    properties = task.container_properties
    execution_role = str(properties.get("executionRoleArn") or "")
    if settings.enforce_roles:
        for role_arn in (task.job_role_arn, execution_role):
            if role_arn and not _can_be_assumed(role_arn):
                yield failures.cannot_assume(role_arn)
    missing = _missing_to_pull(task.image, log_role_of(task, placement), task.task_id)
    if missing:
        yield failures.cannot_pull(task.image, f"not authorized to perform {missing}")
    log = find_log(task)
    if log is not None and not log.is_there:
        yield failures.no_log_group(log.group)


def _can_be_assumed(role_arn: str) -> bool:
    try:
        require_trust(role_arn, TASKS_SERVICE)
    except RoleNotAssumableError:
        return False
    return True


def _missing_to_pull(image: str, role_arn: str, session_name: str) -> str | None:
    """Return what the role lacks to pull an image of ECR; None if nothing."""
    registry, _, path = image.partition("/")
    account, *parts = registry.split(".")
    if parts[:2] != ["dkr", "ecr"]:
        return None
    repository = path.partition("@")[0].partition(":")[0]
    arn = f"arn:aws:ecr:{parts[2]}:{account}:repository/{repository}"
    demands: list[Any] = [Demand(f"ecr:{action}", arn) for action in _PULL_ACTIONS]
    demands.append(Demand("ecr:GetAuthorizationToken"))
    return find_missing_permission(role_arn, session_name, demands)
