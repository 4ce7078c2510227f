"""What a CreateTrainingJob request says about what runs in its containers."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Self

from embedded_aws.training_hosts import hosts_of

# The name that SageMaker gives the only group of a job without instance groups.
_ONLY_GROUP = "homogeneousCluster"
CHECKPOINT_FOLDER = "/opt/ml/checkpoints"


@dataclass(frozen=True, slots=True)
class HostGroup:
    """Hosts of one instance type, in the order of their numbers."""

    name: str
    instance_type: str
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """One job. `channels` maps each channel's name to its entry in the request."""

    name: str
    role_arn: str
    image: str
    entrypoint: tuple[str, ...]
    arguments: tuple[str, ...]
    hyperparameters: Mapping[str, str]
    environment: Mapping[str, str]
    channels: Mapping[str, Mapping[str, Any]]
    input_mode: str
    groups: tuple[HostGroup, ...]
    checkpoints: Mapping[str, str]
    is_isolated: bool

    @classmethod
    def parse(cls, request: Mapping[str, Any]) -> Self:
        """Read a request that SageMaker has accepted."""
        algorithm = request.get("AlgorithmSpecification", {})
        return cls(
            name=str(request["TrainingJobName"]),
            role_arn=str(request.get("RoleArn", "")),
            image=str(algorithm.get("TrainingImage", "")),
            entrypoint=tuple(algorithm.get("ContainerEntrypoint") or ()),
            arguments=tuple(algorithm.get("ContainerArguments") or ()),
            hyperparameters={
                name: str(value) for name, value in (request.get("HyperParameters") or {}).items()
            },
            environment=dict(request.get("Environment") or {}),
            channels={one["ChannelName"]: one for one in request.get("InputDataConfig") or ()},
            input_mode=str(algorithm.get("TrainingInputMode", "File")),
            groups=_groups(request),
            checkpoints=dict(request.get("CheckpointConfig") or {}),
            is_isolated=bool(request.get("EnableNetworkIsolation", False)),
        )

    @property
    def hosts(self) -> list[str]:
        """The names of all hosts, sorted as SageMaker sorts them."""
        return sorted(host for group in self.groups for host in group.hosts)

    def group_of(self, host: str) -> HostGroup:
        """Return the group that a host belongs to."""
        return next(group for group in self.groups if host in group.hosts)


def _groups(request: Mapping[str, Any]) -> tuple[HostGroup, ...]:
    hosts = hosts_of(request)
    kinds = groupby(hosts, key=lambda one: (one.group_name, one.instance_type))
    return tuple(
        HostGroup(name or _ONLY_GROUP, instance_type, tuple(one.name for one in members))
        for (name, instance_type), members in kinds
    )
