"""The price list's responses for training, in the shape that AWS gives them."""

import json
from decimal import Decimal
from typing import Any

from botocore.stub import ANY, Stubber

from parris.costs.price import Price
from parris.errors import PriceUnknownError
from parris.targets.sagemaker.aws.prices import Prices
from tests.aws.clients import make_client

TYPE = "ml.g5.xlarge"


def a_product(usd: str, unit: str = "Hrs", **attributes: str) -> str:
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}}
    return json.dumps(
        {
            "product": {"attributes": {"instanceName": TYPE, **attributes}},
            "publicationDate": "2026-09-24T00:00:00Z",
            "terms": {"OnDemand": {"SKU.TERM": {"priceDimensions": {"SKU.TERM.RATE": dimension}}}},
        }
    )


def found_for(*pages: list[str], volumes: bool = False) -> tuple[Any, list[dict[str, str]]]:
    """What the gateway makes of the list's pages, and the filters of its request."""
    client, filters = make_client("pricing", region_name="us-east-1"), list[dict[str, str]]()

    def remember(params: dict[str, Any], **_: object) -> None:
        filters[:] = params["Filters"]

    client.meta.events.register("provide-client-params.pricing.GetProducts", remember)
    with Stubber(client) as stubber:
        for number, page in enumerate(pages, start=1):
            token = {"NextToken": str(number)} if number < len(pages) else {}
            before = {"NextToken": ANY} if number > 1 else {}
            stubber.add_response(
                "get_products",
                {"FormatVersion": "aws_v1", "PriceList": page, **token},
                {"ServiceCode": "AmazonSageMaker", "Filters": ANY, **before},
            )
        prices = Prices(client, "us-west-2")
        found = prices.volume_price() if volumes else prices.instance_prices([TYPE])[TYPE]
        stubber.assert_no_pending_responses()
    return found, filters


def test_only_the_component_training_of_the_region_is_requested() -> None:
    price, filters = found_for([a_product("1.408")])
    assert price == Price(
        Decimal("1.408"), f"AWS Price List, training on {TYPE} in us-west-2", "2026-09-24T00:00:00Z"
    )
    assert {one["Field"]: one["Value"] for one in filters} == {
        "productFamily": "ML Instance",
        "component": "Training",
        "instanceName": TYPE,
        "regionCode": "us-west-2",
    }


def test_all_pages_of_the_list_are_read() -> None:
    price, _ = found_for([], [a_product("1.408")])
    assert isinstance(price, Price)


def test_the_highest_of_several_prices_counts() -> None:
    price, _ = found_for([a_product("1.408"), a_product("1.5"), a_product("1.2")])
    assert price.usd == Decimal("1.5")


def test_a_fee_a_free_tier_and_a_debugger_are_no_price_of_an_hour() -> None:
    price, _ = found_for(
        [
            a_product("13.57", unit="Quantity"),
            a_product("0.0000000000"),
            a_product("9", platoinstancetype="Training-FreeTier"),
            a_product("9", platoinstancetype="Debugger"),
        ]
    )
    assert isinstance(price, PriceUnknownError)


def test_a_type_without_a_row_has_an_unknown_price_and_not_none() -> None:
    price, _ = found_for([])
    assert str(price) == f"the price list has no price for training on {TYPE} in us-west-2"


def test_a_volume_of_training_counts_even_if_another_one_costs_more() -> None:
    price, filters = found_for(
        [
            a_product("0.20", "GB-Mo", usagetype="USW2-Host:VolumeUsage.gp3"),
            a_product("0.14", "GB-Mo", usagetype="USW2-Train:VolumeUsage.gp2"),
        ],
        volumes=True,
    )
    assert price.usd == Decimal("0.14")
    assert {one["Field"]: one["Value"] for one in filters} == {
        "productFamily": "Storage",
        "regionCode": "us-west-2",
    }


def test_the_dearest_volume_counts_where_none_is_of_training() -> None:
    price, _ = found_for(
        [
            a_product("0.112", "GB-Mo", usagetype="USW2-Studio:VolumeUsage.gp3"),
            a_product("0.14", "GB-Mo", usagetype="USW2-Host:VolumeUsage.gp2"),
        ],
        volumes=True,
    )
    assert price.usd == Decimal("0.14")


def test_without_a_price_list_every_price_is_unknown() -> None:
    prices = Prices(None, "us-gov-west-1")
    unknown = prices.instance_prices([TYPE])[TYPE]
    assert str(unknown) == "AWS has no price list for us-gov-west-1"
    assert isinstance(prices.volume_price(), PriceUnknownError)
