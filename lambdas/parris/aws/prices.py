"""The AWS Price List: what an hour of an instance type costs on demand."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from parris.aws.translate_errors import translates_errors
from parris.cost import Rate
from parris.errors import PriceUnknownError

if TYPE_CHECKING:
    from mypy_boto3_pricing import PricingClient
    from mypy_boto3_pricing.type_defs import FilterTypeDef

PRICE_LIST_REGION = "us-east-1"
"""The Price List API is served by a few Regions only, for all Regions' prices.
Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html"""

# Every one of these is needed: with one left out, products of 0.00 USD (capacity reservations) or
# of dedicated hosts come along.
_EXACTLY_LINUX_ON_DEMAND = {
    "operatingSystem": "Linux",
    "preInstalledSw": "NA",
    "tenancy": "Shared",
    "capacitystatus": "Used",
    "marketoption": "OnDemand",
    "productFamily": "Compute Instance",
}


class Prices:
    """Prices of on-demand Linux instances in one Region."""

    def __init__(self, client: PricingClient, region: str) -> None:
        self._client = client
        self._region = region

    @translates_errors
    def on_demand_rate(self, instance_type: str) -> Rate:
        """Return what one hour of the type costs.

        Raises:
            PriceUnknownError: when the list answers no product, several, or a price of 0.
        """
        wanted = {
            **_EXACTLY_LINUX_ON_DEMAND,
            "instanceType": instance_type,
            "regionCode": self._region,
        }
        filters: list[FilterTypeDef] = [
            {"Type": "TERM_MATCH", "Field": field, "Value": value}
            for field, value in wanted.items()
        ]
        answer = self._client.get_products(ServiceCode="AmazonEC2", Filters=filters)
        products = [json.loads(product) for product in answer["PriceList"]]
        what = f"{instance_type} in {self._region}"
        if len(products) != 1:
            raise PriceUnknownError(
                f"the price list has {len(products)} products for {what}, expected exactly one"
            )
        return _rate_of(products[0], what)


def _rate_of(product: dict[str, Any], what: str) -> Rate:
    try:
        dimensions = [
            dimension
            for term in product["terms"]["OnDemand"].values()
            for dimension in term["priceDimensions"].values()
            if dimension["unit"] == "Hrs"
        ]
        prices = {Decimal(dimension["pricePerUnit"]["USD"]) for dimension in dimensions}
    except (KeyError, InvalidOperation) as err:
        raise PriceUnknownError(f"the price list's answer for {what} cannot be read") from err
    if len(prices) != 1 or min(prices) <= 0:
        found = ", ".join(str(price) for price in sorted(prices)) or "none"
        raise PriceUnknownError(f"the price list's hourly prices for {what}: {found}")
    return Rate(
        usd_per_hour=prices.pop(),
        source=f"AWS Price List, on demand, Linux, {what}",
        as_of=str(product.get("publicationDate", "")),
    )
