import json
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws

EXACT = {
    "instanceType": "t3.micro",
    "regionCode": "us-east-1",
    "operatingSystem": "Linux",
    "preInstalledSw": "NA",
    "tenancy": "Shared",
    "capacitystatus": "Used",
    "marketoption": "OnDemand",
    "productFamily": "Compute Instance",
}


def products(aws: EmbeddedAws, **filters: str) -> list[dict[str, Any]]:
    conditions = [{"Type": "TERM_MATCH", "Field": k, "Value": v} for k, v in filters.items()]
    pages = aws.client("pricing").get_paginator("get_products")
    found = pages.paginate(ServiceCode="AmazonEC2", Filters=conditions)
    return [json.loads(product) for page in found for product in page["PriceList"]]


def usd_per_hour(product: dict[str, Any]) -> Decimal:
    (term,) = product["terms"]["OnDemand"].values()
    (dimension,) = term["priceDimensions"].values()
    assert dimension["unit"] == "Hrs"
    return Decimal(dimension["pricePerUnit"]["USD"])


def test_exact_filters_find_the_one_price(aws: EmbeddedAws) -> None:
    (product,) = products(aws, **EXACT)
    assert usd_per_hour(product) == Decimal("0.0104")
    assert product["product"]["attributes"]["location"] == "US East (N. Virginia)"


@pytest.mark.parametrize("name", list(EXACT))
def test_every_filter_counts(aws: EmbeddedAws, name: str) -> None:
    assert products(aws, **{**EXACT, name: "something else"}) == []


def test_who_forgets_the_capacity_status_gets_free_reservations_too(aws: EmbeddedAws) -> None:
    forgotten = {name: value for name, value in EXACT.items() if name != "capacitystatus"}
    prices = sorted(usd_per_hour(product) for product in products(aws, **forgotten))
    assert prices == [0, Decimal("0.0104"), Decimal("0.0104")]


def test_many_products_come_in_pages(aws: EmbeddedAws) -> None:
    found = products(aws, regionCode="us-east-1", capacitystatus="Used")
    assert len(found) > 1000
    assert len({product["product"]["sku"] for product in found}) == len(found)


def test_another_service_has_no_prices_here(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="NotFoundException"):
        aws.client("pricing").get_products(ServiceCode="AmazonS3")


def test_what_is_not_modelled_is_refused(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="DescribeServices is not modelled"):
        aws.client("pricing").describe_services()
