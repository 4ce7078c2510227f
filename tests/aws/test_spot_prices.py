"""The gateway to the history of spot prices: it reads all pages and skips invalid prices."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from botocore.stub import Stubber

from parris.aws.ec2.spot_prices import SpotPrices
from parris.errors import AwsThrottledError
from tests.aws.clients import make_client

SINCE = datetime(2026, 11, 20, 12, tzinfo=UTC)
UNTIL = SINCE + timedelta(hours=2)


def entry(minutes: float, price: str) -> dict[str, Any]:
    return {
        "AvailabilityZone": "us-east-1b",
        "InstanceType": "g5.xlarge",
        "ProductDescription": "Linux/UNIX",
        "SpotPrice": price,
        "Timestamp": SINCE + timedelta(minutes=minutes),
    }


@pytest.fixture
def stubbed() -> tuple[SpotPrices, Stubber]:
    client = make_client("ec2")
    stub = Stubber(client)
    stub.activate()
    return SpotPrices(client), stub


ASKED = {
    "InstanceTypes": ["g5.xlarge"],
    "ProductDescriptions": ["Linux/UNIX"],
    "AvailabilityZone": "us-east-1b",
    "StartTime": SINCE,
    "EndTime": UNTIL,
}


def test_all_pages_come_with_the_oldest_price_first(stubbed: tuple[SpotPrices, Stubber]) -> None:
    prices, stub = stubbed
    first = {"SpotPriceHistory": [entry(90, "0.4300")], "NextToken": "more"}
    last = {"SpotPriceHistory": [entry(30, "0.4200"), entry(-600, "0.4100")], "NextToken": ""}
    stub.add_response("describe_spot_price_history", first, ASKED)
    stub.add_response("describe_spot_price_history", last, {**ASKED, "NextToken": "more"})

    found = prices.between("g5.xlarge", "us-east-1b", SINCE, UNTIL)

    assert [str(one.usd_per_hour) for one in found] == ["0.4100", "0.4200", "0.4300"]
    assert found[0].at < SINCE
    stub.assert_no_pending_responses()


@pytest.mark.parametrize("word", ["0", "-1", "NaN", "Infinity", "a lot"])
def test_what_is_not_a_price_is_left_out(stubbed: tuple[SpotPrices, Stubber], word: str) -> None:
    prices, stub = stubbed
    answer = {"SpotPriceHistory": [entry(5, word), entry(1, "0.42")], "NextToken": ""}
    stub.add_response("describe_spot_price_history", answer, ASKED)
    (found,) = prices.between("g5.xlarge", "us-east-1b", SINCE, UNTIL)
    assert found.usd_per_hour == Decimal("0.42")


def test_without_a_history_there_is_no_price(stubbed: tuple[SpotPrices, Stubber]) -> None:
    prices, stub = stubbed
    stub.add_response("describe_spot_price_history", {"SpotPriceHistory": []}, ASKED)
    assert prices.between("g5.xlarge", "us-east-1b", SINCE, UNTIL) == ()


def test_throttling_is_reported_as_such(stubbed: tuple[SpotPrices, Stubber]) -> None:
    prices, stub = stubbed
    for _ in range(5):
        stub.add_client_error("describe_spot_price_history", "RequestLimitExceeded")
    with pytest.raises(AwsThrottledError):
        prices.between("g5.xlarge", "us-east-1b", SINCE, UNTIL)
