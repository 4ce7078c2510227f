"""Fargate: which sizes a container may have, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.costs.rate import Component, Rate
from parris.ec2.parts import LEAST_BILLED_SECONDS
from parris.targets.batch.spec import DEFAULT_STORAGE_GIB

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from parris.costs.price import Price
    from parris.targets.batch.spec import BatchSpec

VCPUS, MEMORY, STORAGE = "vCPUs", "memory", "storage"
LONGEST_SECONDS = 14 * 24 * 3600
"""After 14 days a job on Fargate may lose its capacity.
Source: https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html"""

_MIB_PER_GIB = 1024


def _gib(least: int, most: int, step: int = 1) -> Sequence[int]:
    return range(least * _MIB_PER_GIB, most * _MIB_PER_GIB + 1, step * _MIB_PER_GIB)


MEMORY_MIB_BY_VCPUS: Mapping[str, Sequence[int]] = {
    "0.25": (512, 1024, 2048),
    "0.5": _gib(1, 4),
    "1": _gib(2, 8),
    "2": _gib(4, 16),
    "4": _gib(8, 30),
    "8": _gib(16, 60, 4),
    "16": _gib(32, 120, 8),
    "32": (60 * 1024, 120 * 1024, 244 * 1024),
}
"""Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html"""


@dataclass(frozen=True, slots=True)
class FargatePrices:
    """What an hour of a vCPU, of a GiB of memory and of a GiB of storage costs."""

    vcpu: Price
    memory_gib: Price
    storage_gib: Price


def fargate_rate(spec: BatchSpec, prices: FargatePrices) -> Rate:
    """Return what an hour of a container costs, without its address."""
    memory_gib = Decimal(spec.memory_mib) / _MIB_PER_GIB
    components = [
        _component(VCPUS, prices.vcpu, Decimal(spec.vcpus), "vCPU"),
        _component(MEMORY, prices.memory_gib, memory_gib, "GiB"),
    ]
    billed_gib = spec.storage_gib - DEFAULT_STORAGE_GIB
    if billed_gib > 0:
        components.append(_component(STORAGE, prices.storage_gib, Decimal(billed_gib), "GiB"))
    return Rate(tuple(components))


def _component(part: str, price: Price, quantity: Decimal, unit: str) -> Component:
    # A quantity of a component is a whole number, and a container may have a quarter of a vCPU.
    return Component(
        part=part,
        usd_per_unit=price.usd * quantity,
        source=f"{price.source}: {price.usd} USD per {unit} and hour, {quantity:f} {unit}",
        as_of=price.as_of,
        minimum_seconds=LEAST_BILLED_SECONDS,
    )
