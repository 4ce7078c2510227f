"""What an hour of a job costs, part by part."""

import json
from decimal import Decimal

import pytest

from parris.costs.rate import Rate, Unit
from parris.ec2.parts import INSTANCE, PUBLIC_IPV4, VOLUME, component_of
from tests.builders import a_rate, a_whole_rate


@pytest.mark.parametrize("price", ["0", "-1", "NaN", "Infinity"])
def test_an_invalid_price_is_refused(price: str) -> None:
    with pytest.raises(ValueError, match="is not a valid price"):
        component_of(INSTANCE, Decimal(price), "a test", "")


def test_an_hour_of_a_volume_is_its_share_of_the_shortest_month_rounded_up() -> None:
    volume = component_of(VOLUME, Decimal("0.08"), "a test", "", Unit.GIB_MONTH, 30)
    assert volume.usd_per_hour == Decimal("0.0035714286")
    assert volume.usd_per_hour * 28 * 24 >= Decimal("0.08") * 30


def test_an_hour_of_a_job_costs_what_its_parts_cost() -> None:
    assert a_whole_rate("0.0104").usd_per_hour == Decimal("0.0104") + Decimal(
        "0.0035714286"
    ) + Decimal("0.005")


def test_a_rate_is_as_old_as_the_oldest_of_its_prices() -> None:
    (old,) = a_rate().components
    new = component_of(PUBLIC_IPV4, Decimal("0.005"), "another list", "2026-11-01")
    unknown = component_of(VOLUME, Decimal("1"), "another list", "")
    rate = Rate((new, old, unknown))
    assert rate.as_of == "2026-07-20"
    assert rate.source == "another list; AWS Price List, for a test"


def test_a_rate_comes_back_from_json_as_it_went_its_money_as_text() -> None:
    rate = a_whole_rate("0.526")
    payload = json.loads(json.dumps(rate.to_payload()))
    assert Rate.from_payload(payload) == rate
    assert payload["components"][0]["usd_per_unit"] == "0.526"
    assert Decimal(payload["usd_per_hour"]) == rate.usd_per_hour
