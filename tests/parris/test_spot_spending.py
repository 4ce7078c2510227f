"""What a spot instance costs between two times, and polls that approach a cost limit."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parris.costs.cost import affordable_seconds, spent_usd
from parris.costs.rate import Rate
from parris.ec2.parts import INSTANCE, VOLUME
from parris.ec2.spot_spending import (
    SpotPrice,
    SpotSpending,
    limits_at_the_bid,
    rate_of_run,
    usd_between,
    with_check_counted,
)
from parris.limits import Limits
from parris.policy import decide
from parris.reasons import EndReason
from tests.builders import LAUNCHED_AT, a_rate, a_sighting, a_whole_rate, after

BID = Decimal("3.6")  # 0.001 USD a second
EVENTS_OF_ONE_LOOK = 13  # Poll 5, Choice 2, a sleep that times out 6
EVENTS_BEFORE_AND_AFTER = 175  # all of a job at a fixed price: launch, an early wake, end
MOST_EVENTS_BEFORE = 788  # of the benchmark's spot job, which checked down to the last seconds


def price(seconds: float, usd_per_hour: str) -> SpotPrice:
    return SpotPrice(after(seconds), Decimal(usd_per_hour))


def test_each_stretch_costs_what_held_then() -> None:
    prices = [price(-500, "0.36"), price(100, "1.8"), price(150, "0.72")]
    # 100 s at 0.0001, 50 s at 0.0005, 50 s at 0.0002
    assert usd_between(prices, after(0), after(200), BID) == Decimal("0.0450000000")


def test_the_order_in_which_prices_come_does_not_matter() -> None:
    prices = [price(150, "0.72"), price(-500, "0.36"), price(100, "1.8")]
    assert usd_between(prices, after(0), after(200), BID) == Decimal("0.0450000000")


@pytest.mark.parametrize("prices", [[], [price(500, "0.36")]])
def test_without_a_price_a_stretch_counts_at_the_bid(prices: list[SpotPrice]) -> None:
    assert usd_between(prices, after(0), after(100), BID) == Decimal("0.1000000000")


def test_a_gap_before_the_first_known_price_counts_at_the_bid() -> None:
    assert usd_between([price(50, "0.36")], after(0), after(100), BID) == Decimal("0.0550000000")


def test_nobody_pays_more_than_the_bid() -> None:
    assert usd_between([price(0, "9")], after(0), after(100), BID) == Decimal("0.1000000000")


def test_parts_of_a_second_count() -> None:
    assert usd_between([], after(0), after(0.5), BID) == Decimal("0.0005000000")


@settings(deadline=None)  # the first example pays for what all share
@given(
    st.lists(st.tuples(st.integers(-1000, 9000), st.decimals("0.0001", "5", places=4)), max_size=9),
    st.lists(st.integers(1, 10_000), min_size=1, max_size=6, unique=True),
)
def test_the_sum_does_not_depend_on_the_number_of_polls(
    changes: list[tuple[int, Decimal]], polls: list[int]
) -> None:
    prices = [SpotPrice(after(seconds), usd) for seconds, usd in changes]
    spending = SpotSpending(LAUNCHED_AT, Decimal(0))
    for seconds in sorted(polls):
        spending = spending.continued(prices, after(seconds), BID)
        # What is asked again begins at the same sum.
        assert spending.continued(prices, after(seconds), BID) == spending
    whole = usd_between(prices, LAUNCHED_AT, after(max(polls)), BID)
    assert whole <= spending.usd <= whole + len(polls) * Decimal("0.0000000001")


def test_what_a_poll_passes_on_is_read_back_unchanged() -> None:
    spending = SpotSpending(after(7), Decimal("0.0123456789"), 86_400, 3)
    assert SpotSpending.from_payload(json.loads(json.dumps(spending.to_payload()))) == spending


def test_the_rate_of_a_run_has_the_instance_at_its_average_and_all_else_as_it_was() -> None:
    rate = a_whole_rate("3.6")
    spending = SpotSpending(after(1000), Decimal("0.25"))
    found = rate_of_run(rate, spending, LAUNCHED_AT)
    instance = found.component(INSTANCE)
    assert instance is not None
    assert instance.usd_per_hour == Decimal("0.9")
    assert "spot price history" in instance.source
    assert found.component(VOLUME) == rate.component(VOLUME)
    # 0.25 for the instance, and what volume and address cost
    others = spent_usd(rate, 1000) - Decimal("1.0")
    assert spent_usd(found, 1000) == others + Decimal("0.25")


def test_less_than_a_minute_is_billed_as_one() -> None:
    spending = SpotSpending(after(10), Decimal("0.0010"))
    assert spent_usd(rate_of_run(a_rate("3.6"), spending, LAUNCHED_AT), 10) == Decimal("0.0060")


def limits_of(rate: Rate, limit_usd: Decimal) -> Limits:
    seconds = affordable_seconds(rate, limit_usd)
    return Limits(None, seconds, str(limit_usd), 120).with_reserves_within()


def run_to_its_limit(rate: Rate, limit_usd: Decimal, share: Decimal) -> tuple[int, Decimal]:
    """Repeat Poll, at a constant share of the maximum price.

    Returns the number of polls, and what the run has cost when it is ended.
    """
    bid = rate.components[0].usd_per_hour
    prices = [SpotPrice(after(-1), bid * share)]
    job_limits = limits_of(rate, limit_usd)
    spending, ran_seconds = SpotSpending(LAUNCHED_AT, Decimal(0)), 0
    for polls in range(1, 1000):
        now = LAUNCHED_AT + timedelta(seconds=ran_seconds)
        before, spending = spending, spending.continued(prices, now, bid)
        spending = with_check_counted(spending, before, job_limits, LAUNCHED_AT)
        limits = limits_at_the_bid(job_limits, rate, spending, LAUNCHED_AT)
        spending = SpotSpending(
            spending.until, spending.usd, limits.cost_limit_seconds, spending.cost_checks
        )
        decision = decide(limits, a_sighting(), now)
        if decision.reason is not None:
            assert decision.reason is EndReason.COST_LIMIT
            return polls, spent_usd(rate_of_run(rate, spending, LAUNCHED_AT), ran_seconds)
        ran_seconds += decision.next_check_seconds
    raise AssertionError("the polls do not come to an end")


SHARES = [Decimal(one) for one in ("0.05", "0.1", "0.2", "0.35", "0.5", "0.8", "1")]
LIMITS_USD = [Decimal(one) for one in ("0.5", "10", "300", "1000")]


@pytest.mark.parametrize("limit_usd", LIMITS_USD, ids=str)
@pytest.mark.parametrize("share", SHARES, ids=str)
def test_a_spot_job_ends_before_it_passes_its_cost_limit_within_800_events(
    share: Decimal, limit_usd: Decimal
) -> None:
    rate = a_whole_rate("3.06")
    polls, spent = run_to_its_limit(rate, limit_usd, share)

    events = EVENTS_BEFORE_AND_AFTER + polls * EVENTS_OF_ONE_LOOK
    assert events <= 800
    if share >= Decimal("0.35"):
        assert events <= MOST_EVENTS_BEFORE * Decimal("0.6")
    limits = limits_of(rate, limit_usd)
    reserved_seconds = limits.save_grace_seconds + limits.stopping_allowance_seconds
    # Even if the price rises to the bid while it saves and stops.
    assert spent + rate.usd_per_hour * reserved_seconds / 3600 <= limit_usd + Decimal("0.0002")
    unspent = limit_usd - spent - rate.usd_per_hour * (reserved_seconds + 2) / 3600
    # From a fifth of the bid on, no more is left than a thousandth beside saving and stopping.
    if share >= Decimal("0.2"):
        assert unspent <= limit_usd / 1000 + Decimal("0.01")
    else:
        assert unspent <= limit_usd * Decimal("0.25")
