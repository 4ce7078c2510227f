"""Every instance type in the price list is offered in the Regions where it has a price.

moto's lists were taken when AWS no longer sold some types to new accounts (p2, p3, g3, g4ad, f1,
...), though they have prices and are still in use. They are described here from AWS's documentation
of their families: embedded_aws/data/priced_instance_types.csv.
"""

import functools
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any

from moto.ec2.models.instance_types import (
    INSTANCE_TYPE_OFFERINGS,
    INSTANCE_TYPES,
    InstanceType,
    InstanceTypeBackend,
)

from embedded_aws.prices.instance_products import load_prices
from embedded_aws.prices.price_entry import read_rows
from embedded_aws.speed.lean_moto import Offerings

_TABLE = "priced_instance_types.csv"
# Properties that the table does not give are those of these types.
_LIKE = "c5.xlarge"
_NOT_TOLD = ("GpuInfo", "FpgaInfo", "InferenceAcceleratorInfo", "MediaAcceleratorInfo")


@functools.cache  # moto's lists then stay changed, for every embedded AWS of this process
def install() -> None:
    """Add to moto's types and to the offers of each priced Region and each of its zones."""
    for row in read_rows(_TABLE):
        name = row["instance_type"]
        if name not in INSTANCE_TYPES:
            INSTANCE_TYPES[name] = _describe(row)
            InstanceTypeBackend.instance_types.append(InstanceType(name))
    for kind, offers_by_region in INSTANCE_TYPE_OFFERINGS.items():
        if isinstance(offers_by_region, Offerings):
            offers_by_region.complete_with(partial(_offer, kind))
        else:  # moto was imported before, with all of its lists
            for region, offers in offers_by_region.items():
                _offer(kind, region, offers)


@functools.cache
def _types_by_region() -> Mapping[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for price in load_prices():
        found[price.region].add(price.instance_type)
    return found


def _offer(kind: str, region: str, offers: list[dict[str, str]]) -> None:
    """Add the missing types that have a price to a Region's offers, at each of its locations."""
    locations = sorted({one["Location"] for one in offers})
    missing = sorted(
        _types_by_region().get(region, set()) - {one["InstanceType"] for one in offers}
    )
    offers += [
        {"InstanceType": instance_type, "Location": location, "LocationType": kind}
        for instance_type in missing
        for location in locations
    ]


def _describe(row: dict[str, str]) -> dict[str, Any]:
    described: dict[str, Any] = dict(INSTANCE_TYPES[_LIKE])
    for name in _NOT_TOLD:
        described.pop(name, None)
    vcpus, is_metal = int(row["vcpus"]), row["instance_type"].endswith(".metal")
    threads = int(row["threads_per_core"])
    hypervisor = row["hypervisor"]
    described |= {
        "InstanceType": row["instance_type"],
        "BareMetal": is_metal,
        "CurrentGeneration": row["is_current"] == "yes",
        "Hypervisor": hypervisor,
        "MemoryInfo": {"SizeInMiB": int(row["memory_mib"])},
        "ProcessorInfo": {
            **described["ProcessorInfo"],
            "Manufacturer": row["processor"],
            "SupportedArchitectures": ["x86_64"],
        },
        "VCpuInfo": {
            "DefaultVCpus": vcpus,
            "DefaultCores": vcpus // threads,
            "DefaultThreadsPerCore": threads,
        },
    }
    if is_metal or not hypervisor:
        described.pop("Hypervisor")
    if row["gpu_count"] != "0":
        count, memory = int(row["gpu_count"]), int(row["gpu_memory_mib"])
        described["GpuInfo"] = {
            "Gpus": [
                {
                    "Name": row["gpu"],
                    "Manufacturer": row["gpu_manufacturer"],
                    "Count": count,
                    "MemoryInfo": {"SizeInMiB": memory},
                }
            ],
            "TotalGpuMemoryInMiB": count * memory,
        }
    return described
