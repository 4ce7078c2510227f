"""EC2: the instance types that a compute environment may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors
from parris.targets.batch.compute import MachineType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import InstanceTypeInfoTypeDef

_MOST_VALUES = 100


class MachineTypes:
    """The instance types of this Region."""

    def __init__(self, client: EC2Client) -> None:
        self._client = client

    @translates_errors
    def matching(self, patterns: Sequence[str]) -> dict[str, MachineType]:
        """Return the types with these names, in which * stands for anything, by their names."""
        found = {}
        for start in range(0, len(patterns), _MOST_VALUES):
            for one in self._pages(patterns[start : start + _MOST_VALUES]):
                machine = _machine_type(one)
                found[machine.name] = machine
        return found

    def _pages(self, patterns: Sequence[str]) -> Iterator[InstanceTypeInfoTypeDef]:
        pages = self._client.get_paginator("describe_instance_types").paginate(
            Filters=[{"Name": "instance-type", "Values": list(patterns)}]
        )
        for page in pages:
            yield from page["InstanceTypes"]


def _machine_type(found: InstanceTypeInfoTypeDef) -> MachineType:
    architectures = found.get("ProcessorInfo", {}).get("SupportedArchitectures", [])
    return MachineType(
        name=str(found["InstanceType"]),
        vcpus=found["VCpuInfo"]["DefaultVCpus"],
        memory_mib=found["MemoryInfo"]["SizeInMiB"],
        gpus=sum(one.get("Count", 0) for one in found.get("GpuInfo", {}).get("Gpus", [])),
        is_arm="arm64" in architectures,
    )
