"""An instance type with what it has, and what a training needs of one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import InstanceTypeInfoTypeDef

    from parris.payloads import Payload

_MIB_PER_GIB = 1024


@dataclass(frozen=True, slots=True)
class Machine:
    """An instance type, as EC2 describes it. `gpu` is the accelerator's name, empty without one.

    `gpu_memory_gib` is that of one accelerator.
    """

    name: str
    architecture: str
    vcpus: int
    memory_gib: Decimal
    gpu: str = ""
    gpus: int = 0
    gpu_memory_gib: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a machine must have at least. `gpu` is part of the accelerator's name, in any case."""

    vcpus: int = 0
    memory_gib: Decimal = Decimal(0)
    gpus: int = 0
    gpu: str = ""
    gpu_memory_gib: Decimal = Decimal(0)
    architecture: str | None = None
    family: str = ""
    most_usd_per_hour: Decimal | None = None

    def fits(self, machine: Machine) -> bool:
        """Return whether a machine has all of it, whatever it costs."""
        return (
            machine.vcpus >= self.vcpus
            and machine.memory_gib >= self.memory_gib
            and machine.gpus >= self.gpus
            and machine.gpu_memory_gib >= self.gpu_memory_gib
            and self.gpu.lower() in machine.gpu.lower()
            and self.architecture in (None, machine.architecture)
            and machine.name.startswith(self.family)
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """A machine with its prices per hour in USD, each None if it is unknown.

    `spot_usd` is the lowest price among the zones, and `zones` are those that have the machine.
    """

    machine: Machine
    on_demand_usd: Decimal | None
    spot_usd: Decimal | None = None
    zones: tuple[str, ...] = ()

    def to_json(self) -> Payload:
        """Return it for programs."""
        machine = self.machine
        return {
            "instance_type": machine.name,
            "architecture": machine.architecture,
            "vcpus": machine.vcpus,
            "memory_gib": str(machine.memory_gib),
            "gpu": machine.gpu or None,
            "gpus": machine.gpus,
            "gpu_memory_gib": str(machine.gpu_memory_gib),
            "on_demand_usd_per_hour": _text(self.on_demand_usd),
            "spot_usd_per_hour": _text(self.spot_usd),
            "zones": list(self.zones),
        }


def machine_from(found: InstanceTypeInfoTypeDef) -> Machine:
    """Return the machine that an entry of DescribeInstanceTypes describes."""
    name, count, memory_mib = _accelerator(found)
    supported = found.get("ProcessorInfo", {}).get("SupportedArchitectures", [])
    return Machine(
        name=found["InstanceType"],
        # Older types also have i386.
        architecture="arm64" if "arm64" in supported else "x86_64",
        vcpus=found["VCpuInfo"]["DefaultVCpus"],
        memory_gib=_gib(found["MemoryInfo"]["SizeInMiB"]),
        gpu=name,
        gpus=count,
        gpu_memory_gib=_gib(memory_mib),
    )


def _accelerator(found: InstanceTypeInfoTypeDef) -> tuple[str, int, int]:
    """Return the name, the number and the memory in MiB of a machine's accelerators."""
    for one in found.get("GpuInfo", {}).get("Gpus", []):
        name = f"{one.get('Manufacturer', '')} {one.get('Name', '')}".strip()
        return name, one.get("Count", 0), one.get("MemoryInfo", {}).get("SizeInMiB", 0)
    for chip in found.get("NeuronInfo", {}).get("NeuronDevices", []):
        memory = chip.get("MemoryInfo", {}).get("SizeInMiB", 0)
        return f"AWS {chip.get('Name', '')}", chip.get("Count", 0), memory
    for other in found.get("InferenceAcceleratorInfo", {}).get("Accelerators", []):
        memory = other.get("MemoryInfo", {}).get("SizeInMiB", 0)
        name = f"{other.get('Manufacturer', '')} {other.get('Name', '')}".strip()
        return name, other.get("Count", 0), memory
    return "", 0, 0


def _gib(mib: int) -> Decimal:
    return (Decimal(mib) / _MIB_PER_GIB).quantize(Decimal("0.1")).normalize()


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
