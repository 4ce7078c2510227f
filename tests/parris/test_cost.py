"""What a job costs and how long a limit lasts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parris.costs.cost import (
    affordable_seconds,
    billed_seconds,
    charges_of,
    cost_basis,
    kept_usd_per_month,
    least_usd,
    spent_usd,
)
from parris.ec2.parts import (
    INSTANCE,
    PUBLIC_IPV4,
    VOLUME,
    VOLUME_RESERVE_SECONDS,
)
from tests.builders import a_rate, a_whole_rate

PRICES = st.decimals("0.0001", "200", places=4)


@pytest.mark.parametrize(("ran", "billed"), [(0, 0), (1, 60), (60, 60), (61, 61), (3600, 3600)])
def test_sixty_seconds_are_billed_at_least(ran: int, billed: int) -> None:
    assert billed_seconds(a_rate(), ran) == billed


def test_an_hour_costs_the_hourly_price() -> None:
    assert spent_usd(a_rate("3.06"), 3600) == Decimal("3.0600")


def test_a_cost_is_rounded_up() -> None:
    assert spent_usd(a_rate("0.0104"), 60) == Decimal("0.0002")


def test_the_volume_is_billed_from_before_the_machine_runs_until_it_is_deleted() -> None:
    seconds = {
        charge.component.part: charge.billed_seconds for charge in charges_of(a_whole_rate(), 3600)
    }
    assert seconds == {
        INSTANCE: 3600,
        VOLUME: 3600 + VOLUME_RESERVE_SECONDS,
        PUBLIC_IPV4: 3600,
    }


def test_a_machine_that_never_ran_costs_nothing() -> None:
    assert spent_usd(a_whole_rate(), 0) == 0


def test_a_limit_below_the_least_bill_affords_nothing() -> None:
    assert affordable_seconds(a_rate("3.6"), Decimal("0.0599")) == 0
    assert affordable_seconds(a_rate("3.6"), Decimal("0.06")) == 60
    assert least_usd(a_rate("3.6")) == Decimal("0.06")


@given(PRICES, st.integers(8, 16384), st.decimals("0.0001", "100000", places=5))
def test_the_bill_at_the_limit_is_never_over_it_and_a_second_more_would_be(
    usd_per_hour: Decimal, gib: int, limit: Decimal
) -> None:
    rate = a_whole_rate(str(usd_per_hour), gib=gib)
    seconds = affordable_seconds(rate, limit)
    if seconds:
        assert spent_usd(rate, seconds) <= limit
        assert spent_usd(rate, seconds + 1) > limit
    else:
        assert least_usd(rate) > limit


def test_the_basis_of_a_cost_says_what_each_part_took_and_what_is_not_counted() -> None:
    basis = cost_basis(a_whole_rate(), 3600)
    parts = basis["components"]
    assert isinstance(parts, list)
    assert [part["usd"] for part in parts if isinstance(part, dict)] == [
        "0.0104",
        "0.0048",
        "0.0050",
    ]
    assert basis["billed_seconds"] == 3600
    assert "data transfer" in str(basis["not_counted"])


def test_a_month_of_a_kept_volume_costs_its_size_at_its_price() -> None:
    assert kept_usd_per_month(a_whole_rate()) == Decimal("2.4000")
    assert kept_usd_per_month(a_rate()) is None
    assert kept_usd_per_month(None) is None
