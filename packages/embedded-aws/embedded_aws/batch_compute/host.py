"""An instance on which the containers of jobs run, and a job's place on it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from embedded_aws.batch_compute.resources import Resources


@dataclass(eq=False, slots=True)
class Host:
    """One instance. `instance` and `container_instance` are moto's models.

    It can run containers from `ready_at` on. `jobs` are what runs on it, by the ids of the jobs.
    """

    environment: Any
    instance: Any
    container_instance: Any
    capacity: Resources
    ready_at: datetime
    jobs: dict[str, Resources] = field(default_factory=dict)
    cancel_end: Callable[[], None] | None = None

    @property
    def room(self) -> Resources:
        """What is left for other containers."""
        left = self.capacity
        for used in self.jobs.values():
            left = left.without(used)
        return left

    def allot(self, job_id: str, resources: Resources) -> None:
        """Reserve resources for a job; the instance no longer ends for being idle."""
        self.jobs[job_id] = resources
        self.show()
        if self.cancel_end is not None:
            self.cancel_end()
            self.cancel_end = None

    def release(self, job_id: str) -> None:
        """Take back what a job had."""
        self.jobs.pop(job_id, None)
        self.show()

    def show(self) -> None:
        """Make ECS show what the instance has and what is left."""
        self.container_instance.registered_resources = _as_ecs(self.capacity)
        self.container_instance.remaining_resources = _as_ecs(self.room)
        self.container_instance.running_tasks_count = len(self.jobs)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a job runs. Without a host it runs on Fargate."""

    environment: Any
    host: Host | None
    ready_at: datetime
    availability_zone: str

    @property
    def container_instance_arn(self) -> str:
        """Empty on Fargate."""
        return "" if self.host is None else str(self.host.container_instance.container_instance_arn)

    @property
    def instance_type(self) -> str:
        """Empty on Fargate."""
        return "" if self.host is None else str(self.host.instance.instance_type)


def _as_ecs(resources: Resources) -> list[dict[str, Any]]:
    gpus = [f"GPU-{number}" for number in range(resources.gpus)]
    values: tuple[tuple[str, int], ...] = (
        ("CPU", int(resources.vcpus * 1024)),
        ("MEMORY", resources.memory_mib),
    )
    found: list[dict[str, Any]] = [
        {
            "name": name,
            "type": "INTEGER",
            "doubleValue": 0.0,
            "longValue": 0,
            "integerValue": value,
        }
        for name, value in values
    ]
    if gpus:
        found.append({"name": "GPU", "type": "STRINGSET", "stringSetValue": gpus})
    return found
