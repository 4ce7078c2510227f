"""EC2 instance products in the exact shape of the Price List API."""

import csv
import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent.parent / "data" / "ec2_linux_on_demand_usd_per_hour.csv"
_LOCATIONS = {
    "us-east-1": ("US East (N. Virginia)", ""),
    "us-west-2": ("US West (Oregon)", "USW2-"),
    "eu-west-1": ("EU (Ireland)", "EU-"),
}
_ON_DEMAND_TERM = "JRTCKXETXF"
_HOURLY_RATE = "6YS6EN2CT7"


@dataclass(frozen=True, slots=True)
class Price:
    """One row of the table."""

    instance_type: str
    region: str
    usd_per_hour: Decimal
    source_date: str


@functools.cache
def load_prices() -> tuple[Price, ...]:
    """Read the table; lines that begin with # say where it comes from."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    return tuple(
        Price(
            row["instance_type"],
            row["region"],
            Decimal(row["on_demand_usd_per_hour"]),
            row["source_date"],
        )
        for row in csv.DictReader(lines)
    )


def iterate_products(wanted: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the products whose attributes are all as wanted.

    As on AWS there are three products for every type: the instance in use, one that runs in a
    capacity reservation (0 USD, the reservation pays), and the reservation that stands empty.
    Whoever leaves out the filter on `capacitystatus` gets them all.

    Args:
        wanted: values by attribute name; `productFamily` and `sku` may be among them.
    """
    for price in load_prices():
        for capacity, usd in (
            ("Used", price.usd_per_hour),
            ("AllocatedCapacityReservation", Decimal(0)),
            ("UnusedCapacityReservation", price.usd_per_hour),
        ):
            product = _product(price, capacity, usd)
            known = {**product["attributes"], "productFamily": product["productFamily"]}
            known["sku"] = product["sku"]
            if all(known.get(name) == value for name, value in wanted.items()):
                yield _entry(price, product, usd)


def _product(price: Price, capacity: str, usd: Decimal) -> dict[str, Any]:
    location, prefix = _LOCATIONS[price.region]
    is_metal = ".metal" in price.instance_type
    usage = {"Used": "BoxUsage", "AllocatedCapacityReservation": "Reservation"}.get(
        capacity, "UnusedBox"
    )
    name = f"{price.instance_type}/{price.region}/{capacity}"
    return {
        "productFamily": "Compute Instance (bare metal)" if is_metal else "Compute Instance",
        "sku": hashlib.sha256(name.encode()).hexdigest()[:16].upper(),
        "attributes": {
            "servicecode": "AmazonEC2",
            "servicename": "Amazon Elastic Compute Cloud",
            "location": location,
            "locationType": "AWS Region",
            "regionCode": price.region,
            "instanceType": price.instance_type,
            "operatingSystem": "Linux",
            "preInstalledSw": "NA",
            "licenseModel": "No License required",
            "tenancy": "Dedicated" if is_metal else "Shared",
            "capacitystatus": capacity,
            "marketoption": "OnDemand",
            "operation": "RunInstances",
            "usagetype": f"{prefix}{usage}:{price.instance_type}",
        },
    }


def _entry(price: Price, product: dict[str, Any], usd: Decimal) -> dict[str, Any]:
    sku = product["sku"]
    term = f"{sku}.{_ON_DEMAND_TERM}"
    rate = f"{term}.{_HOURLY_RATE}"
    dimension = {
        "unit": "Hrs",
        "beginRange": "0",
        "endRange": "Inf",
        "rateCode": rate,
        "appliesTo": [],
        "description": f"${usd} per On Demand Linux {price.instance_type} Instance Hour",
        "pricePerUnit": {"USD": f"{usd:.10f}"},
    }
    terms = {
        "priceDimensions": {rate: dimension},
        "sku": sku,
        "offerTermCode": _ON_DEMAND_TERM,
        "effectiveDate": f"{price.source_date}T00:00:00Z",
        "termAttributes": {},
    }
    return {
        "product": product,
        "serviceCode": "AmazonEC2",
        "terms": {"OnDemand": {term: terms}},
        "version": price.source_date.replace("-", "") + "000000",
        "publicationDate": f"{price.source_date}T00:00:00Z",
    }
