"""The prices of Fargate, in the shape that the Price List gives them."""

import json
from decimal import Decimal
from typing import Any

import pytest
from botocore.stub import Stubber

from parris.errors import PriceUnknownError
from parris.targets.batch.aws.fargate_prices import FargatePriceList
from parris.targets.batch.fargate import FargatePrices
from tests.aws.clients import make_client

USD = {
    "Fargate-vCPU-Hours:perCPU": "0.04048",
    "Fargate-GB-Hours": "0.004445",
    "Fargate-ARM-vCPU-Hours:perCPU": "0.03238",
    "Fargate-ARM-GB-Hours": "0.00356",
    "Fargate-Windows-vCPU-Hours:perCPU": "0.09148",
    "Fargate-EphemeralStorage-GB-Hours": "0.000111",
}


def a_product(usage: str, usd: str, unit: str = "hours") -> str:
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}}
    product: dict[str, Any] = {
        "product": {"attributes": {"usagetype": usage}},
        "publicationDate": "2026-09-11T00:00:00Z",
        "terms": {"OnDemand": {"SKU.TERM": {"priceDimensions": {"SKU.TERM.RATE": dimension}}}},
    }
    return json.dumps(product)


def find(usd: dict[str, str], *, is_arm: bool = False, prefix: str = "EU-") -> FargatePrices:
    client = make_client("pricing", region_name="us-east-1")
    filters = [
        {"Type": "TERM_MATCH", "Field": field, "Value": value}
        for field, value in (("productFamily", "Compute"), ("regionCode", "eu-west-1"))
    ]
    products = [a_product(f"{prefix}{usage}", one) for usage, one in usd.items()]
    with Stubber(client) as stubber:
        stubber.add_response(
            "get_products",
            {"FormatVersion": "aws_v1", "PriceList": products},
            {"ServiceCode": "AmazonECS", "Filters": filters},
        )
        return FargatePriceList(client, "eu-west-1").find(is_arm=is_arm)


def amounts(found: FargatePrices) -> list[Decimal]:
    return [one.usd for one in (found.vcpu, found.memory_gib, found.storage_gib)]


def test_each_processor_has_prices_of_its_own() -> None:
    assert amounts(find(USD)) == [Decimal(one) for one in ("0.04048", "0.004445", "0.000111")]
    arm = find(USD, is_arm=True, prefix="")
    assert amounts(arm) == [Decimal(one) for one in ("0.03238", "0.00356", "0.000111")]
    assert arm.vcpu.source == "AWS Price List, Fargate-ARM-vCPU-Hours:perCPU in eu-west-1"
    assert arm.vcpu.as_of == "2026-09-11T00:00:00Z"


@pytest.mark.parametrize("usd", ["0", "-1", "x"])
def test_a_price_that_is_none_is_unknown(usd: str) -> None:
    with pytest.raises(PriceUnknownError):
        find({**USD, "Fargate-GB-Hours": usd})


def test_a_missing_product_is_an_unknown_price() -> None:
    with pytest.raises(PriceUnknownError, match="0 products for Fargate-GB-Hours"):
        find({name: usd for name, usd in USD.items() if name != "Fargate-GB-Hours"})


def test_a_partition_without_a_price_list_has_no_prices() -> None:
    with pytest.raises(PriceUnknownError, match="no price list for us-gov-west-1"):
        FargatePriceList(None, "us-gov-west-1").find(is_arm=False)
