"""SageMaker training as products of the Price List: instances, and the volumes beside them."""

import functools
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from embedded_aws.instance_vcpus import vcpus_of
from embedded_aws.prices.price_entry import LOCATIONS, entry_of, read_rows, sku_of

_TABLE = "sagemaker_training_usd.csv"
_VOLUME = "volume"
# Unlike EC2's, the usage types of SageMaker have a prefix in us-east-1 too.
_PREFIXES = {"us-east-1": "USE1-", "us-west-2": "USW2-", "eu-west-1": "EU-"}
# By component: what its usage types begin with.
_COMPONENTS = {"Training": "Train", "Hosting": "Host"}


@functools.cache
def priced_training_types(region: str) -> tuple[str, ...]:
    """Return the instance types that have a price for training in a Region."""
    rows = read_rows(_TABLE)
    return tuple(
        row["product"] for row in rows if row["product"] != _VOLUME and row["region"] == region
    )


def iterate_training_products() -> Iterator[dict[str, Any]]:
    """Yield the entries of all types and volumes.

    As on AWS an instance has a product for each component that uses it, of which two are here, and
    a type of training plans has a fee that is paid once, which has no component.
    """
    for row in read_rows(_TABLE):
        if row["product"] == _VOLUME:
            yield _volume(row)
            continue
        for component in _COMPONENTS:
            yield _instance(row, component)
        if row["product"] == "ml.p4d.24xlarge":
            yield _upfront_fee(row)


def _instance(row: dict[str, str], component: str) -> dict[str, Any]:
    instance_type = row["product"]
    attributes = {
        "operation": "RunInstance",
        "component": component,
        "platoinstancetype": component,
        "platoinstancename": instance_type.split(".")[1],
        "instanceName": instance_type,
        "instanceType": f"{instance_type}-{component}",
        "vCpu": str(vcpus_of(instance_type.removeprefix("ml."))),
    }
    return entry_of(
        _product(row, "ML Instance", f"{_COMPONENTS[component]}:{instance_type}", attributes),
        Decimal(row["usd"]),
        unit="Hrs",
        description=f"${row['usd']} per {component} {instance_type} hour",
        source_date=row["source_date"],
    )


def _upfront_fee(row: dict[str, str]) -> dict[str, Any]:
    usage = f"TrainingPlanUpfrontFee:{row['product']}"
    attributes = {"instanceName": row["product"], "operation": "RunInstance"}
    return entry_of(
        _product(row, "ML Instance", usage, attributes),
        Decimal("13.57"),
        unit="Quantity",
        description=f"Upfront fee of a training plan with {row['product']}",
        source_date=row["source_date"],
    )


def _volume(row: dict[str, str]) -> dict[str, Any]:
    attributes = {"operation": "CreateVolume-Gp2", "volumeType": "General Purpose"}
    return entry_of(
        _product(row, "Storage", "Train:VolumeUsage.gp2", attributes),
        Decimal(row["usd"]),
        unit="GB-Mo",
        description=f"${row['usd']} per GB-month of Training ML storage",
        source_date=row["source_date"],
    )


def _product(
    row: dict[str, str], family: str, usage: str, attributes: dict[str, str]
) -> dict[str, Any]:
    usage_type = f"{_PREFIXES[row['region']]}{usage}"
    return {
        "productFamily": family,
        "sku": sku_of(usage_type),
        "attributes": {
            "servicecode": "AmazonSageMaker",
            "servicename": "Amazon SageMaker",
            "location": LOCATIONS[row["region"]],
            "locationType": "AWS Region",
            "regionCode": row["region"],
            "usagetype": usage_type,
            **attributes,
        },
    }
