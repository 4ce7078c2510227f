"""EC2: the spot prices of a zone over time."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, cast

from parris.aws.translate_errors import translates_errors
from parris.ec2.spot_spending import SpotPrice

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.literals import InstanceTypeType
    from mypy_boto3_ec2.type_defs import SpotPriceTypeDef

_LINUX = "Linux/UNIX"


class SpotPrices:
    """The spot prices in the zones of this Region. EC2 keeps them for 90 days."""

    def __init__(self, client: EC2Client) -> None:
        self._client = client

    @translates_errors
    def between(
        self, instance_type: str, zone: str, since: datetime, until: datetime
    ) -> tuple[SpotPrice, ...]:
        """Return the price changes, including the last one before `since`, oldest first.

        Invalid prices are left out, so that their time counts as time without a price.
        """
        pages = self._client.get_paginator("describe_spot_price_history").paginate(
            InstanceTypes=[cast("InstanceTypeType", instance_type)],
            ProductDescriptions=[_LINUX],
            AvailabilityZone=zone,
            StartTime=since,
            EndTime=until,
        )
        found = [_price_from(entry) for page in pages for entry in page["SpotPriceHistory"]]
        return tuple(sorted((one for one in found if one is not None), key=lambda one: one.at))


def _price_from(entry: SpotPriceTypeDef) -> SpotPrice | None:
    try:
        usd_per_hour = Decimal(entry["SpotPrice"])
    except InvalidOperation:
        return None
    if not usd_per_hour.is_finite() or usd_per_hour <= 0:
        return None
    return SpotPrice(entry["Timestamp"], usd_per_hour)
