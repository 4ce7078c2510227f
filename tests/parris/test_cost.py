"""What a job costs and how long a limit lasts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parris.cost import Rate, affordable_seconds, billed_seconds, spent_usd
from tests.builders import a_rate


@pytest.mark.parametrize(("ran", "billed"), [(0, 0), (1, 60), (60, 60), (61, 61), (3600, 3600)])
def test_sixty_seconds_are_billed_at_least(ran: int, billed: int) -> None:
    assert billed_seconds(ran) == billed


def test_an_hour_costs_the_hourly_price() -> None:
    assert spent_usd(a_rate("3.06"), 3600) == Decimal("3.0600")


def test_a_cost_is_rounded_up() -> None:
    assert spent_usd(a_rate("0.0104"), 60) == Decimal("0.0002")


@pytest.mark.parametrize("price", ["0", "-1", "NaN", "Infinity"])
def test_a_price_that_is_no_price_is_refused(price: str) -> None:
    with pytest.raises(ValueError, match="is no price"):
        Rate(Decimal(price), "a test", "")


def test_a_limit_below_the_least_bill_affords_nothing() -> None:
    assert affordable_seconds(a_rate("3.6"), Decimal("0.0599")) == 0
    assert affordable_seconds(a_rate("3.6"), Decimal("0.06")) == 60


@given(
    st.decimals("0.0001", "200", places=4),
    st.decimals("0.01", "100000", places=2),
)
def test_the_bill_at_the_limit_is_never_over_it_and_a_second_more_would_be(
    usd_per_hour: Decimal, limit: Decimal
) -> None:
    rate = Rate(usd_per_hour, "a test", "")
    seconds = affordable_seconds(rate, limit)
    if seconds:
        assert usd_per_hour * billed_seconds(seconds) <= limit * 3600
        assert usd_per_hour * billed_seconds(seconds + 1) > limit * 3600


def test_a_rate_keeps_its_money_as_text_in_payloads() -> None:
    rate = a_rate("0.526")
    assert rate.to_payload()["usd_per_hour"] == "0.526"
    assert Rate.from_payload(rate.to_payload()) == rate
