"""The history of spot prices: for a type and a zone, between two times, in pages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings

SCRIPTED = ((-7200, "0.10"), (-3600, "0.20"), (-1800, "0.15"))


@pytest.fixture
def priced() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(Settings(spot_prices={"g5.xlarge": SCRIPTED})) as aws:
        yield aws


def ask(aws: EmbeddedAws, **asked: Any) -> list[dict[str, Any]]:
    pages = aws.client("ec2").get_paginator("describe_spot_price_history")
    wanted = {
        "InstanceTypes": ["g5.xlarge"],
        "ProductDescriptions": ["Linux/UNIX"],
        "AvailabilityZone": "us-east-1a",
        **asked,
    }
    return [one for page in pages.paginate(**wanted) for one in page["SpotPriceHistory"]]


def ago(seconds: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


def test_the_changes_of_a_time_come_newest_first_with_the_last_one_before_it(
    priced: EmbeddedAws,
) -> None:
    entries = ask(priced, StartTime=ago(5400), EndTime=ago(0))

    assert [entry["SpotPrice"] for entry in entries] == ["0.150000", "0.200000", "0.100000"]
    assert entries[-1]["Timestamp"] < ago(5400)
    assert {entry["AvailabilityZone"] for entry in entries} == {"us-east-1a"}
    assert {entry["ProductDescription"] for entry in entries} == {"Linux/UNIX"}


def test_a_time_without_a_change_has_the_price_that_held(priced: EmbeddedAws) -> None:
    (entry,) = ask(priced, StartTime=ago(60), EndTime=ago(30))
    assert entry["SpotPrice"] == "0.150000"


def test_before_the_first_price_there_is_none(priced: EmbeddedAws) -> None:
    assert ask(priced, StartTime=ago(9000), EndTime=ago(8000)) == []


def test_a_type_that_is_not_scripted_costs_a_share_of_its_on_demand_price(
    priced: EmbeddedAws,
) -> None:
    (entry,) = ask(priced, InstanceTypes=["t3.micro"], StartTime=ago(1))
    assert Decimal("0.001") < Decimal(entry["SpotPrice"]) < Decimal("0.0104")


def test_a_price_is_restated_daily_and_the_history_ends_after_90_days(priced: EmbeddedAws) -> None:
    entries = ask(priced, InstanceTypes=["t3.micro"], StartTime=ago(200 * 86400))
    assert len(entries) == 90
    assert entries[-1]["Timestamp"] > ago(91 * 86400)


def test_long_histories_come_in_pages(priced: EmbeddedAws) -> None:
    asked = {"InstanceTypes": ["t3.micro"], "StartTime": ago(50 * 86400)}
    whole = ask(priced, **asked)
    assert ask(priced, **asked, PaginationConfig={"PageSize": 5}) == whole


def test_without_a_zone_all_of_the_region_come(priced: EmbeddedAws) -> None:
    pages = priced.client("ec2").describe_spot_price_history(
        InstanceTypes=["g5.xlarge"], ProductDescriptions=["Linux/UNIX"], StartTime=ago(1)
    )
    zones = {entry["AvailabilityZone"] for entry in pages["SpotPriceHistory"]}
    assert len(zones) > 1
