"""The hosts of a training job, as its containers know them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TrainingHost:
    """One host. `group_name` is empty without instance groups."""

    name: str
    instance_type: str
    group_name: str = ""


def hosts_of(request: Mapping[str, Any]) -> list[TrainingHost]:
    """Return the hosts of a training job, `algo-1` first.

    Args:
        request: the parameters of CreateTrainingJob.
    """
    resources = request["ResourceConfig"]
    groups = resources.get("InstanceGroups") or [resources]
    kinds = [
        (str(one["InstanceType"]), str(one.get("InstanceGroupName", "")))
        for one in groups
        for _ in range(int(one["InstanceCount"]))
    ]
    return [
        TrainingHost(f"algo-{number}", instance_type, group_name)
        for number, (instance_type, group_name) in enumerate(kinds, start=1)
    ]
