"""Volumes and public IPv4 addresses as products of the Price List."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from embedded_aws.prices.price_entry import (
    LOCATIONS,
    USAGE_PREFIXES,
    entry_of,
    read_rows,
    sku_of,
)

_TABLE = "volumes_and_addresses_usd.csv"
_ADDRESS = "VPCPublicIPv4Address"

# By the table's name of a product: the service, the family, the unit, and the attributes that
# distinguish it from similar products. Addresses have no family. IOPS are in the same volume type
# as storage, and used addresses in the same group as idle ones: a missing filter returns both.
_PRODUCTS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "gp3-storage": (
        "AmazonEC2",
        "Storage",
        "GB-Mo",
        {
            "volumeType": "General Purpose",
            "volumeApiName": "gp3",
            "storageMedia": "SSD-backed",
            "usagetype": "EBS:VolumeUsage.gp3",
        },
    ),
    "gp3-iops": (
        "AmazonEC2",
        "System Operation",
        "IOPS-Mo",
        {
            "volumeType": "General Purpose",
            "volumeApiName": "gp3",
            "group": "EBS IOPS",
            "usagetype": "EBS:VolumeP-IOPS.gp3",
        },
    ),
    "address-in-use": (
        "AmazonVPC",
        "",
        "Hrs",
        {
            "group": _ADDRESS,
            "groupDescription": "Hourly charge for In-use Public IPv4 Addresses",
            "usagetype": "PublicIPv4:InUseAddress",
        },
    ),
    "address-idle": (
        "AmazonVPC",
        "",
        "Hrs",
        {
            "group": _ADDRESS,
            "groupDescription": "Hourly charge for Idle Public IPv4 Addresses",
            "usagetype": "PublicIPv4:IdleAddress",
        },
    ),
}


def iterate_volume_and_address_products() -> Iterator[dict[str, Any]]:
    """Yield the entries of all of them."""
    for row in read_rows(_TABLE):
        name, region = row["product"], row["region"]
        service, family, unit, attributes = _PRODUCTS[name]
        prefix = USAGE_PREFIXES[region]
        if service == "AmazonVPC" and not prefix:
            prefix = "USE1-"
        product: dict[str, Any] = {
            "sku": sku_of(f"{name}/{region}"),
            "attributes": {
                "servicecode": service,
                "location": LOCATIONS[region],
                "locationType": "AWS Region",
                "regionCode": region,
                **attributes,
                "usagetype": f"{prefix}{attributes['usagetype']}",
            },
        }
        if family:
            product["productFamily"] = family
        yield entry_of(
            product,
            Decimal(row["usd"]),
            unit=unit,
            description=f"${row['usd']} per {unit} of {name} in {region}",
            source_date=row["source_date"],
        )
