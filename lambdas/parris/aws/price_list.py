"""The AWS Price List: where it can be queried, and the products that it has."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from parris.costs.price import Price
from parris.errors import PriceUnknownError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy_boto3_pricing import PricingClient
    from mypy_boto3_pricing.type_defs import FilterTypeDef

    from parris.aws.gateways import MakesClients

# Only a few Regions serve the Price List API. They have the prices of their whole partition.
# Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
_REGION, _REGION_OF_CHINA = "us-east-1", "cn-northwest-1"
_LONGEST_FILTER = 1_024
"""Characters in the value of a filter.
Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_Filter.html"""
_WITHOUT_PRICE_LIST = ("us-gov-", "us-iso", "eu-iso")


def price_list_region(region: str) -> str | None:
    """Return the Region of the Price List API for a Region, or None if there is none."""
    if region.startswith(_WITHOUT_PRICE_LIST):
        return None
    return _REGION_OF_CHINA if region.startswith("cn-") else _REGION


def price_list_client(clients: MakesClients, region: str) -> PricingClient | None:
    """Return a client of the Price List for a Region, or None if its partition has no list."""
    place = price_list_region(region)
    return None if place is None else clients.client("pricing", place)


def find_products(
    client: PricingClient | None, region: str, service: str, wanted: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the products of a service in a Region.

    Args:
        client: what `price_list_client` returned.
        region: the Region of the prices.
        service: the service code.
        wanted: the value of each attribute, or several that are separated by commas.

    Raises:
        PriceUnknownError: if the Region's partition has no price list.
    """
    if client is None:
        raise PriceUnknownError(f"AWS has no price list for {region}")
    filters: list[FilterTypeDef] = [
        {"Type": "ANY_OF" if "," in value else "TERM_MATCH", "Field": field, "Value": value}
        for field, value in {**wanted, "regionCode": region}.items()
    ]
    pages = client.get_paginator("get_products").paginate(ServiceCode=service, Filters=filters)
    return [json.loads(product) for page in pages for product in page["PriceList"]]


def portions(values: Sequence[str]) -> Iterator[list[str]]:
    """Yield the values in groups that one filter can have each, as `a,b,c`."""
    portion: list[str] = []
    for value in values:
        if len(",".join([*portion, value])) > _LONGEST_FILTER:
            yield portion
            portion = []
        portion.append(value)
    if portion:
        yield portion


def attributes_of(product: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of a product."""
    attributes: dict[str, Any] = product["product"]["attributes"]
    return attributes


def only_price(products: Sequence[Mapping[str, Any]], what: str, unit: str | None = None) -> Price:
    """Return the on-demand price of products that should be exactly one, with one price.

    Args:
        products: what was found.
        what: what is priced, for messages.
        unit: the unit of the price as the list names it, or None for any.

    Raises:
        PriceUnknownError: if there is no product, several, or no single price above 0.
    """
    if len(products) != 1:
        raise PriceUnknownError(
            f"the price list has {len(products)} products for {what}, expected exactly one"
        )
    (product,) = products
    try:
        prices = {
            Decimal(dimension["pricePerUnit"]["USD"])
            for term in product["terms"]["OnDemand"].values()
            for dimension in term["priceDimensions"].values()
            if unit is None or dimension["unit"] == unit
        }
    except (KeyError, InvalidOperation) as err:
        raise PriceUnknownError(f"the price list's response for {what} is invalid") from err
    if len(prices) != 1 or min(prices) <= 0:
        found = ", ".join(str(price) for price in sorted(prices)) or "none"
        by_unit = "" if unit is None else f" by {unit}"
        raise PriceUnknownError(f"the price list's prices{by_unit} for {what}: {found}")
    return listed_price(prices.pop(), product, what)


def listed_price(usd: Decimal, product: Mapping[str, Any], what: str) -> Price:
    """Return a price of a product, with the date of the list."""
    return Price(usd, f"AWS Price List, {what}", str(product.get("publicationDate", "")))
