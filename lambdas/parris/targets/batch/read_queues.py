"""Reads the queues of a config, and what the compute environments of each may run its job on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.targets.batch.compute import ComputeKind
from parris.validation.semantics import path_of_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from parris.payloads import Payload
    from parris.targets.batch.aws.gateways import BatchGateways
    from parris.targets.batch.compute import ComputeEnvironment, JobQueue, MachineType

QUEUE_KEY = "job-queue"
DEFAULT_VOLUME_GIB = 30
"""The volume of an instance whose compute environment says nothing: that of the ECS images.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-ami-storage-config.html"""
_X86_FAMILIES = (
    *("c4", "m4", "r4", "c5", "m5", "r5"),
    *("c6i", "m6i", "r6i", "c7i"),
)
_BUNDLES = {
    "optimal": _X86_FAMILIES,
    "default_x86_64": _X86_FAMILIES,
    "default_arm64": ("c6g", "m6g", "r6g", "c7g"),
}
"""Batch chooses the families of these itself, and changes them; older environments have older ones.
Source: https://docs.aws.amazon.com/batch/latest/userguide/instance-type-compute-table.html"""


@dataclass(frozen=True, slots=True)
class MachineChoice:
    """A type that an environment may use, and how much of its on-demand price it pays at most."""

    machine: MachineType
    is_spot: bool
    bid_percentage: int


@dataclass(frozen=True, slots=True)
class QueueOfJob:
    """One of the queues that a config names. `queue` is None if there is none of that name.

    `environments` are all of the queue's that exist, and `choices` are the instance types of those
    that can be used, whether or not they are large enough for the job.
    """

    name: str
    path: str
    queue: JobQueue | None
    environments: tuple[ComputeEnvironment, ...] = ()
    choices: tuple[MachineChoice, ...] = ()
    volume_gib: int = DEFAULT_VOLUME_GIB

    @property
    def usable(self) -> tuple[ComputeEnvironment, ...]:
        """Return the environments to which Batch gives jobs."""
        return tuple(one for one in self.environments if is_usable(one))

    @property
    def is_fargate(self) -> bool:
        """Return whether the queue has no instances. Batch does not allow both in one queue."""
        return any(is_fargate(one) for one in self.usable)


def is_usable(environment: ComputeEnvironment) -> bool:
    """Return whether Batch gives jobs to an environment."""
    return environment.state == "ENABLED" and environment.status == "VALID"


def is_fargate(environment: ComputeEnvironment) -> bool:
    """Return whether an environment has no instances."""
    return environment.kind in (ComputeKind.FARGATE, ComputeKind.FARGATE_SPOT)


def is_spot(environment: ComputeEnvironment) -> bool:
    """Return whether AWS can reclaim what an environment runs jobs on."""
    return environment.kind in (ComputeKind.SPOT, ComputeKind.FARGATE_SPOT)


def read_queues(
    config: Payload, names: Sequence[str], aws: BatchGateways
) -> tuple[QueueOfJob, ...]:
    """Return the queues, with as few requests as possible for all of them together.

    Args:
        config: the merged config, without invalid keys.
        names: the names of the queues.
        aws: the gateways.
    """
    queues = aws.queues.find(names)
    arns = dict.fromkeys(arn for one in queues.values() for arn in one.environment_arns)
    environments = aws.queues.environments(list(arns))
    wanted = dict.fromkeys(
        pattern
        for one in environments.values()
        if is_usable(one) and not is_fargate(one)
        for pattern in _patterns_of(one)
    )
    types = aws.machine_types.matching(list(wanted)) if wanted else {}
    found = []
    for index, name in enumerate(names):
        path = path_of_text(config, QUEUE_KEY, index) if QUEUE_KEY in config else f"/{QUEUE_KEY}"
        queue = queues.get(name)
        if queue is None:
            found.append(QueueOfJob(name, path, None))
            continue
        own = tuple(environments[arn] for arn in queue.environment_arns if arn in environments)
        usable = [one for one in own if is_usable(one) and not is_fargate(one)]
        choices = tuple(
            MachineChoice(one, is_spot(environment), _bid_percentage(environment))
            for environment in usable
            for one in types.values()
            if _has(environment, one)
        )
        found.append(QueueOfJob(name, path, queue, own, choices, _volume_gib(usable, aws)))
    return tuple(found)


def _patterns_of(environment: ComputeEnvironment) -> list[str]:
    names = _type_names(environment)
    return [name if "." in name else f"{name}.*" for name in names]


def _type_names(environment: ComputeEnvironment) -> Iterable[str]:
    return [one for name in environment.instance_types for one in _BUNDLES.get(name, (name,))]


def _has(environment: ComputeEnvironment, machine: MachineType) -> bool:
    names = set(_type_names(environment))
    return machine.name in names or machine.name.partition(".")[0] in names


def _bid_percentage(environment: ComputeEnvironment) -> int:
    return environment.bid_percentage if is_spot(environment) else 100


def _volume_gib(environments: Sequence[ComputeEnvironment], aws: BatchGateways) -> int:
    """Return the size of the largest volume that a machine of these environments has."""
    templates = {
        (one.launch_template, one.launch_template_version)
        for one in environments
        if one.launch_template
    }
    found = [aws.launch_templates.volume_gib(*one) for one in sorted(templates)]
    return max((one for one in found if one is not None), default=DEFAULT_VOLUME_GIB)
