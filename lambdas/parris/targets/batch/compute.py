"""Job queues, their compute environments, and the instance types that these may use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ComputeKind(StrEnum):
    """What a compute environment runs jobs on, as the API spells it."""

    EC2 = "EC2"
    SPOT = "SPOT"
    FARGATE = "FARGATE"
    FARGATE_SPOT = "FARGATE_SPOT"

    @property
    def is_fargate(self) -> bool:
        """Return whether there are no instances to choose."""
        return self in (ComputeKind.FARGATE, ComputeKind.FARGATE_SPOT)

    @property
    def is_spot(self) -> bool:
        """Return whether AWS can reclaim the capacity."""
        return self in (ComputeKind.SPOT, ComputeKind.FARGATE_SPOT)


@dataclass(frozen=True, slots=True)
class JobQueue:
    """A job queue as Batch describes it: its compute environments in order."""

    name: str
    arn: str
    state: str
    status: str
    status_reason: str
    environment_arns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComputeEnvironment:
    """A compute environment as Batch describes it.

    `kind` is that of its resources, which may be none of `ComputeKind`; `orchestrator` is ECS or
    EKS. `instance_types` are types, families and Batch's own bundles. `launch_template` is an id or
    a name, empty if there is none. `idle_minutes` is how long an idle instance is kept at least.
    """

    name: str
    arn: str
    state: str
    status: str
    status_reason: str
    is_managed: bool
    orchestrator: str
    kind: str
    max_vcpus: int
    instance_types: tuple[str, ...] = ()
    bid_percentage: int = 100
    launch_template: str = ""
    launch_template_version: str = ""
    idle_minutes: int = 0


@dataclass(frozen=True, slots=True)
class MachineType:
    """An instance type with what a container may get of it."""

    name: str
    vcpus: int
    memory_mib: int
    gpus: int
    is_arm: bool
