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


GP3 = {"regionCode": "us-east-1", "productFamily": "Storage", "volumeApiName": "gp3"}
ADDRESS_IN_USE = {
    "regionCode": "us-east-1",
    "group": "VPCPublicIPv4Address",
    "groupDescription": "Hourly charge for In-use Public IPv4 Addresses",
}


def products(aws: EmbeddedAws, service: str = "AmazonEC2", **filters: str) -> list[dict[str, Any]]:
    conditions = [{"Type": "TERM_MATCH", "Field": k, "Value": v} for k, v in filters.items()]
    pages = aws.client("pricing").get_paginator("get_products")
    found = pages.paginate(ServiceCode=service, Filters=conditions)
    return [json.loads(product) for page in found for product in page["PriceList"]]


def usd_per_hour(product: dict[str, Any], unit: str = "Hrs") -> Decimal:
    (term,) = product["terms"]["OnDemand"].values()
    (dimension,) = term["priceDimensions"].values()
    assert dimension["unit"] == unit
    return Decimal(dimension["pricePerUnit"]["USD"])


def test_exact_filters_find_the_one_price(aws: EmbeddedAws) -> None:
    (product,) = products(aws, **EXACT)
    assert usd_per_hour(product) == Decimal("0.0104")
    assert product["product"]["attributes"]["location"] == "US East (N. Virginia)"


@pytest.mark.parametrize("name", list(EXACT))
def test_every_filter_counts(aws: EmbeddedAws, name: str) -> None:
    assert products(aws, **{**EXACT, name: "something else"}) == []


def test_without_the_capacity_status_free_reservations_are_included(aws: EmbeddedAws) -> None:
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


def test_exact_filters_find_the_storage_of_a_volume_and_an_address_in_use(
    aws: EmbeddedAws,
) -> None:
    (storage,) = products(aws, **GP3)
    (address,) = products(aws, "AmazonVPC", **ADDRESS_IN_USE)
    assert usd_per_hour(storage, "GB-Mo") == Decimal("0.08")
    assert usd_per_hour(address) == Decimal("0.005")


@pytest.mark.parametrize(
    ("service", "exact", "name"),
    [("AmazonEC2", GP3, "productFamily"), ("AmazonVPC", ADDRESS_IN_USE, "groupDescription")],
)
def test_without_a_filter_similar_products_are_included(
    aws: EmbeddedAws, service: str, exact: dict[str, str], name: str
) -> None:
    forgotten = {field: value for field, value in exact.items() if field != name}
    assert len(products(aws, service, **forgotten)) == 2


def test_any_of_several_values_is_asked_for_with_commas(aws: EmbeddedAws) -> None:
    several = [
        {"Type": "TERM_MATCH", "Field": name, "Value": value}
        for name, value in EXACT.items()
        if name != "instanceType"
    ]
    several.append({"Type": "ANY_OF", "Field": "instanceType", "Value": "t3.micro,c5.large,no.pe"})
    found = aws.client("pricing").get_products(ServiceCode="AmazonEC2", Filters=several)
    types = {json.loads(one)["product"]["attributes"]["instanceType"] for one in found["PriceList"]}
    assert types == {"t3.micro", "c5.large"}


TRAINING = {
    "regionCode": "us-east-1",
    "productFamily": "ML Instance",
    "instanceName": "ml.p4d.24xlarge",
    "component": "Training",
}


def test_exact_filters_find_the_training_price_of_an_instance(aws: EmbeddedAws) -> None:
    (product,) = products(aws, "AmazonSageMaker", **TRAINING)
    assert usd_per_hour(product) == Decimal("25.251")
    attributes = product["product"]["attributes"]
    assert attributes["usagetype"] == "USE1-Train:ml.p4d.24xlarge"
    assert attributes["vCpu"] == "96"


def test_without_the_component_other_uses_and_fees_are_included(aws: EmbeddedAws) -> None:
    forgotten = {field: value for field, value in TRAINING.items() if field != "component"}
    found = products(aws, "AmazonSageMaker", **forgotten)
    components = [one["product"]["attributes"].get("component") for one in found]
    assert sorted(map(str, components)) == ["Hosting", "None", "Training"]


def test_a_type_that_the_api_accepts_may_have_no_training_price(aws: EmbeddedAws) -> None:
    assert products(aws, "AmazonSageMaker", **{**TRAINING, "instanceName": "ml.t3.medium"}) == []


def test_the_volumes_of_training_jobs_are_priced_by_the_month(aws: EmbeddedAws) -> None:
    wanted = {"regionCode": "us-east-1", "productFamily": "Storage"}
    (volume,) = products(aws, "AmazonSageMaker", **wanted)
    assert usd_per_hour(volume, "GB-Mo") == Decimal("0.14")
    assert volume["product"]["attributes"]["usagetype"] == "USE1-Train:VolumeUsage.gp2"


def test_each_part_of_a_container_on_fargate_has_a_price(aws: EmbeddedAws) -> None:
    found = {
        one["product"]["attributes"]["usagetype"]: usd_per_hour(one, "hours")
        for one in products(aws, "AmazonECS", regionCode="eu-west-1", productFamily="Compute")
    }
    assert found["EU-Fargate-vCPU-Hours:perCPU"] == Decimal("0.04048")
    assert found["EU-Fargate-ARM-GB-Hours"] == Decimal("0.00356")
    assert len(found) == 5
