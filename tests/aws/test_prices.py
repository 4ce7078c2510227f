"""The price list's answers, in the shape that AWS gives them."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from parris.aws.ec2.prices import Prices
from parris.aws.price_list import portions, price_list_region
from parris.costs.rate import Component, Unit
from parris.ec2.parts import INSTANCE, VOLUME
from parris.errors import PriceUnknownError
from tests.aws.clients import make_client


def a_product(usd: str, unit: str = "Hrs", instance_type: str = "g4dn.xlarge") -> str:
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}}
    return json.dumps(
        {
            "product": {"attributes": {"instanceType": instance_type}},
            "publicationDate": "2026-11-20T00:00:00Z",
            "terms": {"OnDemand": {"SKU.TERM": {"priceDimensions": {"SKU.TERM.RATE": dimension}}}},
        }
    )


def asked_and_answered(
    ask: Callable[[Prices], Any], *products: str
) -> tuple[list[dict[str, str]], Any]:
    """Return the filters of the one call that is made, and what came of its answer."""
    client = make_client("pricing", region_name="us-east-1")
    filters: list[dict[str, str]] = []

    def remember(params: dict[str, Any], **_: object) -> None:
        filters.extend(params["Filters"])

    client.meta.events.register("provide-client-params.pricing.GetProducts", remember)
    with Stubber(client) as stubber:
        stubber.add_response(
            "get_products",
            {"FormatVersion": "aws_v1", "PriceList": list(products)},
            {"ServiceCode": ANY, "Filters": ANY},
        )
        answer = ask(Prices(client, "us-west-2"))
        stubber.assert_no_pending_responses()
    return filters, answer


def on_demand(*products: str) -> Component | PriceUnknownError:
    _, prices = asked_and_answered(
        lambda list_: list_.on_demand_prices(["g4dn.xlarge"]).prices, *products
    )
    found: Component | PriceUnknownError = prices["g4dn.xlarge"]
    return found


def test_the_price_of_the_one_product_is_the_instances() -> None:
    price = on_demand(a_product("0.5260000000"))
    assert isinstance(price, Component)
    assert (price.part, price.usd_per_hour) == (INSTANCE, Decimal("0.526"))
    assert price.source == "AWS Price List, on demand, Linux, g4dn.xlarge in us-west-2"
    assert price.as_of == "2026-11-20T00:00:00Z"


UNKNOWN = pytest.mark.parametrize(
    "products",
    [
        [],
        [a_product("0.526"), a_product("0.600")],
        [a_product("0.0000000000")],
        [a_product("0.526", unit="Quantity")],
        [json.dumps({"product": {"attributes": {"instanceType": "g4dn.xlarge"}}, "terms": {}})],
    ],
    ids=["none", "two", "zero", "not by the unit", "unreadable"],
)


@UNKNOWN
def test_a_price_that_is_not_exactly_known_is_an_error_in_its_types_place(
    products: list[str],
) -> None:
    assert isinstance(on_demand(*products), PriceUnknownError)


@UNKNOWN
@pytest.mark.parametrize("ask", [lambda one: one.volume_price(30), Prices.public_ipv4_price])
def test_a_price_beside_the_instances_is_exactly_known_or_an_error(
    ask: Callable[[Prices], Component], products: list[str]
) -> None:
    with pytest.raises(PriceUnknownError):
        asked_and_answered(ask, *products)


def test_the_prices_of_all_types_are_asked_for_in_one_call() -> None:
    filters, prices = asked_and_answered(
        lambda one: one.on_demand_prices(["g4dn.xlarge", "g5.xlarge", "x99.huge"]).prices,
        a_product("1.006", instance_type="g5.xlarge"),
        a_product("0.526"),
    )
    assert {
        "Type": "ANY_OF",
        "Field": "instanceType",
        "Value": "g4dn.xlarge,g5.xlarge,x99.huge",
    } in (filters)
    assert prices["g4dn.xlarge"].usd_per_hour == Decimal("0.526")
    assert prices["g5.xlarge"].usd_per_hour == Decimal("1.006")
    assert isinstance(prices["x99.huge"], PriceUnknownError)


def a_metal(usd: str, tenancy: str) -> str:
    product = json.loads(a_product(usd, instance_type="c5.metal"))
    product["product"]["attributes"]["tenancy"] = tenancy
    return json.dumps(product)


@pytest.mark.parametrize(
    "products",
    [
        [a_metal("4.08", "Dedicated")],
        [a_metal("4.08", "Shared")],
        [a_metal("4.488", "Dedicated"), a_metal("4.08", "Shared")],
    ],
    ids=["as dedicated", "as shared", "as both"],
)
def test_bare_metal_is_asked_for_in_its_own_family_whatever_its_tenancy(
    products: list[str],
) -> None:
    filters, prices = asked_and_answered(
        lambda one: one.on_demand_prices(["c5.metal"]).prices, *products
    )
    wanted = {one["Field"]: (one["Type"], one["Value"]) for one in filters}
    assert wanted["productFamily"] == ("TERM_MATCH", "Compute Instance (bare metal)")
    assert wanted["tenancy"] == ("ANY_OF", "Shared,Dedicated")
    assert wanted["capacitystatus"] == ("TERM_MATCH", "Used")
    assert prices["c5.metal"].usd_per_hour == Decimal("4.08")


def test_a_volume_costs_its_size_in_gib_by_the_month() -> None:
    _, price = asked_and_answered(
        lambda one: one.volume_price(100), a_product("0.0800000000", unit="GB-Mo")
    )
    assert (price.part, price.unit, price.quantity) == (VOLUME, Unit.GIB_MONTH, 100)
    assert price.usd_per_unit == Decimal("0.08")


@pytest.mark.parametrize(
    ("ask", "unit", "wanted"),
    [
        (
            lambda one: one.on_demand_prices(["g4dn.xlarge"]),
            "Hrs",
            {
                "instanceType": "g4dn.xlarge",
                "regionCode": "us-west-2",
                "operatingSystem": "Linux",
                "preInstalledSw": "NA",
                "tenancy": "Shared",
                "capacitystatus": "Used",
                "marketoption": "OnDemand",
                "productFamily": "Compute Instance",
            },
        ),
        (
            lambda one: one.volume_price(30),
            "GB-Mo",
            {"regionCode": "us-west-2", "productFamily": "Storage", "volumeApiName": "gp3"},
        ),
        (
            Prices.public_ipv4_price,
            "Hrs",
            {
                "regionCode": "us-west-2",
                "group": "VPCPublicIPv4Address",
                "groupDescription": "Hourly charge for In-use Public IPv4 Addresses",
            },
        ),
    ],
    ids=["instance", "volume", "public IPv4"],
)
def test_every_filter_that_keeps_other_products_out_is_asked_for(
    ask: Callable[[Prices], Any], unit: str, wanted: dict[str, str]
) -> None:
    filters, _ = asked_and_answered(ask, a_product("1", unit=unit))
    assert {one["Field"]: one["Value"] for one in filters} == wanted


@pytest.mark.parametrize(
    ("region", "place"),
    [
        ("eu-central-1", "us-east-1"),
        ("us-east-1", "us-east-1"),
        ("cn-north-1", "cn-northwest-1"),
        ("us-gov-west-1", None),
    ],
)
def test_prices_are_asked_for_in_the_regions_own_partition(region: str, place: str | None) -> None:
    assert price_list_region(region) == place


def test_without_a_price_list_every_price_is_unknown() -> None:
    prices = Prices(None, "us-gov-west-1")
    assert isinstance(prices.on_demand_prices(["c5.large"]).prices["c5.large"], PriceUnknownError)
    with pytest.raises(PriceUnknownError, match="no price list for us-gov-west-1"):
        prices.volume_price(30)
    with pytest.raises(PriceUnknownError):
        prices.public_ipv4_price()


def test_more_types_than_one_filter_can_have_are_asked_for_in_several_calls() -> None:
    types = [f"c{number}gn-flex.24xlarge" for number in range(100)]
    groups = list(portions(types))
    assert [one for group in groups for one in group] == types
    assert len(groups) == 2
    assert max(len(",".join(group)) for group in groups) <= 1_024
    client = make_client("pricing", region_name="us-east-1")
    with Stubber(client) as stubber:
        for group in groups:
            stubber.add_response(
                "get_products",
                {"FormatVersion": "aws_v1", "PriceList": [a_product("1", instance_type=group[-1])]},
                {"ServiceCode": ANY, "Filters": ANY},
            )
        prices = Prices(client, "us-west-2").on_demand_prices(types).prices
        stubber.assert_no_pending_responses()
    known = [name for name, price in prices.items() if isinstance(price, Component)]
    assert known == [group[-1] for group in groups]
