"""What a job reserves of an instance, and what an instance has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Resources:
    """vCPUs, memory in MiB, and GPUs."""

    vcpus: float = 0.0
    memory_mib: int = 0
    gpus: int = 0

    @classmethod
    def of_container(cls, properties: Mapping[str, Any]) -> Self:
        """Return what container properties reserve; `resourceRequirements` win."""
        listed = properties.get("resourceRequirements") or []
        found = {str(one["type"]): str(one["value"]) for one in listed}
        return cls(
            float(found.get("VCPU", properties.get("vcpus") or 0)),
            int(found.get("MEMORY", properties.get("memory") or 0)),
            int(found.get("GPU", 0)),
        )

    def fits(self, room: "Resources") -> bool:
        """Return whether there is room for it."""
        return (
            self.vcpus <= room.vcpus
            and self.memory_mib <= room.memory_mib
            and self.gpus <= room.gpus
        )

    def without(self, used: "Resources") -> "Resources":
        """Return what is left."""
        return Resources(
            self.vcpus - used.vcpus, self.memory_mib - used.memory_mib, self.gpus - used.gpus
        )
