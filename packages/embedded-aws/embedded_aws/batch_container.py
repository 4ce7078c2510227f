"""What runs, or simulates, the containers of AWS Batch: `Settings.batch_containers`.

Batch's and ECS's side (statuses, attempts, timeouts, instances, logs, events) is the embedded AWS's
own. What happens inside a container between its start and its exit is a driver's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from embedded_aws.container import Container

TASKS_SERVICE = "ecs-tasks.amazonaws.com"
"""The service that a job role trusts."""


@dataclass(frozen=True, slots=True)
class BatchTask:
    """The ECS task of one attempt of a job.

    Args:
        job_id: the job's id.
        job_name: the job's name.
        queue_name: the job queue's name.
        definition_name: the job definition's name.
        attempt: its number, from 1.
        task_arn: the task's ARN, which ends with its id.
        image: the image's name.
        command: the command with parameters instead of `Ref::NAME`; empty for the image's own.
        environment: all variables that Batch sets: those of the job definition and of SubmitJob,
            and `AWS_BATCH_...`. Region, endpoint and credentials are not among them.
        parameters: the job's parameters.
        job_role_arn: the role whose credentials the container has; empty without one.
        instance_type: of its instance; empty on Fargate.
        availability_zone: of its instance or its subnet.
        vcpus: what it has reserved.
        memory_mib: what it has reserved.
        gpus: what it has reserved.
        tags: the job's tags.
        container_properties: the job definition's, with the overrides of SubmitJob.
    """

    job_id: str
    job_name: str
    queue_name: str
    definition_name: str
    attempt: int
    task_arn: str
    image: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    parameters: Mapping[str, str]
    job_role_arn: str
    instance_type: str
    availability_zone: str
    vcpus: float
    memory_mib: int
    gpus: int
    tags: Mapping[str, str]
    container_properties: Mapping[str, Any]

    @property
    def task_id(self) -> str:
        """The session name of its role: `aws:userid` is `<role id>:<task id>`."""
        return self.task_arn.rpartition("/")[2]


class BatchContainerDriver(Protocol):
    """Makes the containers of Batch jobs."""

    @property
    def runs_processes(self) -> bool:
        """Whether containers are processes of this machine.

        Those need the real clock.
        """

    def make_container(self, task: BatchTask, folder: Path) -> Container:
        """Return the container of one attempt; nothing happens before `start`.

        A driver that acts with the task's credentials uses
        `embedded_aws.role_credentials.RoleCredentials(TASKS_SERVICE, task.task_id)`.

        Args:
            task: what runs.
            folder: an empty folder for this container alone, removed some time after its end.
        """
