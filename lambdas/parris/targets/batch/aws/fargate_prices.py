"""The AWS Price List: prices of Fargate in one Region."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from parris.aws.price_list import attributes_of, find_products, only_price
from parris.aws.translate_errors import translates_errors
from parris.targets.batch.fargate import FargatePrices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_pricing import PricingClient

    from parris.costs.price import Price

# Usage types begin with the Region, such as EU-. Windows and Arm have usage types of their own.
_VCPU, _MEMORY, _STORAGE = (
    "Fargate-{}vCPU-Hours:perCPU",
    "Fargate-{}GB-Hours",
    "Fargate-{}EphemeralStorage-GB-Hours",
)
_ARM = "ARM-"


class FargatePriceList:
    """The published prices of Fargate in one Region.

    Args:
        client: the Price List client, or None if the Region's partition has no price list.
        region: the Region of the prices.
    """

    def __init__(self, client: PricingClient | None, region: str) -> None:
        self._client = client
        self._region = region

    @translates_errors
    def find(self, *, is_arm: bool) -> FargatePrices:
        """Return what an hour of a vCPU, of a GiB of memory and of a GiB of storage costs.

        Raises:
            PriceUnknownError: if the list has no product for one of them, several, or a price of 0.
        """
        products = find_products(
            self._client, self._region, "AmazonECS", {"productFamily": "Compute"}
        )
        architecture = _ARM if is_arm else ""
        return FargatePrices(
            vcpu=self._price(products, _VCPU.format(architecture)),
            memory_gib=self._price(products, _MEMORY.format(architecture)),
            # Storage costs the same with either processor.
            storage_gib=self._price(products, _STORAGE.format("")),
        )

    def _price(self, products: Sequence[dict[str, Any]], usage: str) -> Price:
        pattern = re.compile(rf"([A-Z0-9]+-)?{re.escape(usage)}")
        found = [
            one for one in products if pattern.fullmatch(str(attributes_of(one).get("usagetype")))
        ]
        return only_price(found, f"{usage} in {self._region}")
