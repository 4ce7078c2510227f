"""Fargate as products of the Price List, which has them under Amazon ECS."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from embedded_aws.prices.price_entry import LOCATIONS, entry_of, read_rows, sku_of

_TABLE = "fargate_usd_per_hour.csv"
# Unlike EC2's, the usage types of Fargate have a prefix in us-east-1 too.
_PREFIXES = {"us-east-1": "USE1-", "us-west-2": "USW2-", "eu-west-1": "EU-"}


def iterate_fargate_products() -> Iterator[dict[str, Any]]:
    """Yield the entries of vCPUs, memory and storage, with either processor."""
    for row in read_rows(_TABLE):
        usage_type = f"{_PREFIXES[row['region']]}{row['usage']}"
        product = {
            "productFamily": "Compute",
            "sku": sku_of(usage_type),
            "attributes": {
                "servicecode": "AmazonECS",
                "servicename": "Amazon EC2 Container Service",
                "location": LOCATIONS[row["region"]],
                "locationType": "AWS Region",
                "regionCode": row["region"],
                "tenancy": "Shared",
                "operation": "",
                "usagetype": usage_type,
            },
        }
        yield entry_of(
            product,
            Decimal(row["usd"]),
            unit="hours",
            description=f"${row['usd']} per {row['usage']} in {row['region']}",
            source_date=row["source_date"],
        )
