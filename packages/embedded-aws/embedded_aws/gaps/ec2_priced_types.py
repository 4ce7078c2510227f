"""Every instance type in the price list is offered in the Regions where it has a price.

moto's lists were taken when AWS no longer sold some types to new accounts (p2, p3, g3, g4ad, f1,
...), though they have prices and are still in use. They are described here from AWS's documentation
of their families: embedded_aws/data/priced_instance_types.csv.
"""

import copy
import functools
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from moto.ec2.models.instance_types import (
    INSTANCE_TYPE_OFFERINGS,
    INSTANCE_TYPES,
    InstanceType,
    InstanceTypeBackend,
)

from embedded_aws.prices.instance_products import load_prices
from embedded_aws.prices.price_entry import read_rows

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
    types_by_region: defaultdict[str, set[str]] = defaultdict(set)
    for price in load_prices():
        types_by_region[price.region].add(price.instance_type)
    for kind, offers_by_region in INSTANCE_TYPE_OFFERINGS.items():
        for region, priced_types in types_by_region.items():
            _offer(kind, offers_by_region[region], priced_types)


def _offer(kind: str, offers: list[dict[str, str]], priced_types: Iterable[str]) -> None:
    """Add missing types to a Region's offers, at each of its locations."""
    locations = sorted({one["Location"] for one in offers})
    missing = sorted(set(priced_types) - {one["InstanceType"] for one in offers})
    offers += [
        {"InstanceType": instance_type, "Location": location, "LocationType": kind}
        for instance_type in missing
        for location in locations
    ]


def _describe(row: dict[str, str]) -> dict[str, Any]:
    described: dict[str, Any] = copy.deepcopy(INSTANCE_TYPES[_LIKE])
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
