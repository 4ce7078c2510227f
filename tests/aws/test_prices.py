"""The price list's answers, in the shape that AWS gives them."""

import json
from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from parris.aws.prices import Prices
from parris.cost import Rate
from parris.errors import PriceUnknownError


def a_product(usd: str, unit: str = "Hrs") -> str:
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}}
    return json.dumps(
        {
            "product": {"attributes": {"instanceType": "g4dn.xlarge"}},
            "publicationDate": "2026-11-20T00:00:00Z",
            "terms": {"OnDemand": {"SKU.TERM": {"priceDimensions": {"SKU.TERM.RATE": dimension}}}},
        }
    )


def rate_when_the_list_answers(*products: str) -> Rate:
    client = boto3.client("pricing", region_name="us-east-1")
    with Stubber(client) as stubber:
        stubber.add_response(
            "get_products",
            {"FormatVersion": "aws_v1", "PriceList": list(products)},
            {"ServiceCode": "AmazonEC2", "Filters": ANY},
        )
        return Prices(client, "us-west-2").on_demand_rate("g4dn.xlarge")


def test_the_price_of_the_one_product_is_the_rate() -> None:
    rate = rate_when_the_list_answers(a_product("0.5260000000"))
    assert rate.usd_per_hour == Decimal("0.526")
    assert rate.source == "AWS Price List, on demand, Linux, g4dn.xlarge in us-west-2"
    assert rate.as_of == "2026-11-20T00:00:00Z"


@pytest.mark.parametrize(
    "products",
    [
        [],
        [a_product("0.526"), a_product("0.600")],
        [a_product("0.0000000000")],
        [a_product("0.526", unit="Quantity")],
        [json.dumps({"terms": {}})],
    ],
    ids=["none", "two", "zero", "not by the hour", "unreadable"],
)
def test_a_price_that_is_not_exactly_known_is_an_error(products: list[str]) -> None:
    with pytest.raises(PriceUnknownError):
        rate_when_the_list_answers(*products)


def test_every_filter_that_keeps_other_products_out_is_asked_for() -> None:
    client = boto3.client("pricing", region_name="us-east-1")
    asked: dict[str, Any] = {}

    def remember(params: dict[str, Any], **_: object) -> None:
        asked.update({one["Field"]: one["Value"] for one in params["Filters"]})

    client.meta.events.register("provide-client-params.pricing.GetProducts", remember)
    with Stubber(client) as stubber:
        stubber.add_response("get_products", {"PriceList": [a_product("1")]})
        Prices(client, "us-west-2").on_demand_rate("g4dn.xlarge")
    assert asked == {
        "instanceType": "g4dn.xlarge",
        "regionCode": "us-west-2",
        "operatingSystem": "Linux",
        "preInstalledSw": "NA",
        "tenancy": "Shared",
        "capacitystatus": "Used",
        "marketoption": "OnDemand",
        "productFamily": "Compute Instance",
    }
