"""Where a task's log goes, and with which role: the awslogs driver."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.logs.models import logs_backends

from embedded_aws.batch_compute.host import Placement
from embedded_aws.batch_container import BatchTask
from embedded_aws.context import current
from embedded_aws.permissions.principals import iam_backend

GROUP = "/aws/batch/job"


@dataclass(frozen=True, slots=True)
class TaskLog:
    """A log stream. `is_there` says whether its group exists or is created."""

    group: str
    stream: str
    is_there: bool


def find_log(task: BatchTask) -> TaskLog | None:
    """Return where a task's log goes; None if its driver is not awslogs."""
    properties = task.container_properties
    configured: Mapping[str, Any] = properties.get("logConfiguration") or {}
    if configured.get("logDriver", "awslogs") != "awslogs":
        return None
    options: Mapping[str, str] = configured.get("options") or {}
    group = str(options.get("awslogs-group") or GROUP)
    prefix = str(options.get("awslogs-stream-prefix") or task.definition_name)
    is_made = str(options.get("awslogs-create-group", "false")).lower() == "true"
    is_there = group == GROUP or is_made or group in _backend().groups
    return TaskLog(group, f"{prefix}/default/{task.task_id}", is_there)


def prepare_group(log: TaskLog) -> None:
    """Create Batch's own log group, which no role of the task needs to do."""
    if log.group == GROUP:
        _backend().ensure_log_group(GROUP)


def log_role_of(task: BatchTask, placement: Placement) -> str:
    """Return the role that pulls the image and writes the log; empty if there is none."""
    own = str(task.container_properties.get("executionRoleArn") or "")
    if own or placement.host is None:
        return own
    wanted = placement.environment.compute_resources.get("instanceRole")
    for profile in iam_backend().get_instance_profiles():
        if wanted in (profile.arn, profile.name) and profile.roles:
            return str(profile.roles[0].arn)
    return ""


def _backend() -> Any:
    settings = current().settings
    return logs_backends[settings.account_id][settings.region]
