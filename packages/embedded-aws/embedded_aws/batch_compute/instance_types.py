"""The instance types of a compute environment, and what of each is for containers."""

from collections.abc import Iterable, Mapping
from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPES

from embedded_aws.batch_compute.resources import Resources

# The names for "any of these families". Source:
# https://docs.aws.amazon.com/batch/latest/userguide/instance-type-compute-table.html
_GENERAL = {
    "optimal": ("c5", "m5", "r5"),
    "default_x86_64": ("c6i", "m6i", "r6i"),
    "default_arm64": ("c6g", "m6g", "r6g"),
}
# The system and the ECS agent have the rest: the share is invented, AWS's differs by type.
_CONTAINERS_SHARE = 0.94


def capacity_of(instance_type: str) -> Resources:
    """Return what ECS registers for containers on an instance of a type."""
    found: Mapping[str, Any] = INSTANCE_TYPES[instance_type]
    gpus = sum(int(one.get("Count", 0)) for one in found.get("GpuInfo", {}).get("Gpus", []))
    return Resources(
        float(found["VCpuInfo"]["DefaultVCpus"]),
        int(found["MemoryInfo"]["SizeInMiB"] * _CONTAINERS_SHARE),
        gpus,
    )


def is_known(entry: str) -> bool:
    """Return whether an entry of a compute environment's instance types means anything."""
    return bool(expand([entry]))


def expand(entries: Iterable[str]) -> list[str]:
    """Return the types that the entries mean: types and families, the smallest type first."""
    found: set[str] = set()
    for entry in entries:
        families = _GENERAL.get(entry, (entry,))
        found |= {
            name for name in INSTANCE_TYPES if name == entry or name.partition(".")[0] in families
        }
    return sorted(found, key=_size)


def _size(instance_type: str) -> tuple[int, float, int, str]:
    capacity = capacity_of(instance_type)
    return capacity.gpus, capacity.vcpus, capacity.memory_mib, instance_type
