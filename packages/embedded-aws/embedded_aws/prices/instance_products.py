"""EC2 instances as products of the Price List."""

import functools
from collections.abc import Container, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from embedded_aws.instance_vcpus import vcpus_of
from embedded_aws.prices.price_entry import (
    LOCATIONS,
    USAGE_PREFIXES,
    entry_of,
    read_rows,
    sku_of,
)

_TABLE = "ec2_linux_on_demand_usd_per_hour.csv"


@dataclass(frozen=True, slots=True)
class Price:
    """One row of the table."""

    instance_type: str
    region: str
    usd_per_hour: Decimal
    source_date: str


@functools.cache
def load_prices() -> tuple[Price, ...]:
    """Read the table."""
    return tuple(
        Price(
            row["instance_type"],
            row["region"],
            Decimal(row["on_demand_usd_per_hour"]),
            row["source_date"],
        )
        for row in read_rows(_TABLE)
    )


def iterate_instance_products(
    instance_types: Container[str] | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield the entries of these types, or of all.

    As on AWS there are three products for every type: the running instance, one that runs in a
    capacity reservation (0 USD, the reservation pays), and an unused reservation. Without a filter
    on `capacitystatus` a request returns all three.
    """
    for price in load_prices():
        if instance_types is not None and price.instance_type not in instance_types:
            continue
        for capacity, usd in (
            ("Used", price.usd_per_hour),
            ("AllocatedCapacityReservation", Decimal(0)),
            ("UnusedCapacityReservation", price.usd_per_hour),
        ):
            yield entry_of(
                _product(price, capacity),
                usd,
                unit="Hrs",
                description=f"${usd} per On Demand Linux {price.instance_type} Instance Hour",
                source_date=price.source_date,
            )


def _product(price: Price, capacity: str) -> dict[str, Any]:
    is_metal = ".metal" in price.instance_type
    usage = {"Used": "BoxUsage", "AllocatedCapacityReservation": "Reservation"}.get(
        capacity, "UnusedBox"
    )
    return {
        "productFamily": "Compute Instance (bare metal)" if is_metal else "Compute Instance",
        "sku": sku_of(f"{price.instance_type}/{price.region}/{capacity}"),
        "attributes": {
            "servicecode": "AmazonEC2",
            "servicename": "Amazon Elastic Compute Cloud",
            "location": LOCATIONS[price.region],
            "locationType": "AWS Region",
            "regionCode": price.region,
            "instanceType": price.instance_type,
            "vcpu": str(vcpus_of(price.instance_type)),
            "operatingSystem": "Linux",
            "preInstalledSw": "NA",
            "licenseModel": "No License required",
            "tenancy": "Dedicated" if is_metal else "Shared",
            "capacitystatus": capacity,
            "marketoption": "OnDemand",
            "operation": "RunInstances",
            "usagetype": f"{USAGE_PREFIXES[price.region]}{usage}:{price.instance_type}",
        },
    }
