"""No limit is overshot, and none sleeps: whatever the prices, the sizes and the limits are."""

from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from parris.costs.cost import affordable_seconds, spent_usd
from parris.costs.rate import Rate
from parris.ec2.parts import LEAST_BILLED_SECONDS
from parris.limits import LONGEST_JOB_SECONDS, Limits
from parris.policy import decide
from parris.reasons import EndReason
from tests.builders import a_sighting, a_whole_rate, after

RATES = st.builds(
    lambda usd, gib: a_whole_rate(str(usd), gib=gib),
    st.decimals("0.0001", "200", places=4),
    st.integers(8, 16_384),
)
GRACES = st.integers(1, 900)
LARGEST_ROUNDING_USD = Decimal("0.0002")


def limits_of(
    time_limit_seconds: int | None, cost_limit_seconds: int | None, grace_seconds: int
) -> Limits:
    limits = Limits(time_limit_seconds, cost_limit_seconds, "1", grace_seconds)
    return limits.with_reserves_within()


@given(RATES, st.decimals("0.001", "100000", places=3), GRACES)
def test_a_cost_limit_is_never_passed_and_no_more_is_left_of_it_than_saving_and_stopping_take(
    rate: Rate, limit_usd: Decimal, grace_seconds: int
) -> None:
    seconds = affordable_seconds(rate, limit_usd)
    assume(0 < seconds < LONGEST_JOB_SECONDS)
    limits = limits_of(None, seconds, grace_seconds)
    reserved_seconds = limits.save_grace_seconds + limits.stopping_allowance_seconds

    ended_last = spent_usd(rate, limits.ends_at_seconds() + reserved_seconds)
    ended_first = spent_usd(rate, limits.ends_at_seconds())

    assert ended_last <= limit_usd
    # What is affordable is cut to whole seconds, and what is billed has four digits.
    unspent_usd = rate.usd_per_hour * (reserved_seconds + 1) / 3600 + LARGEST_ROUNDING_USD
    assert ended_first >= limit_usd - unspent_usd


@given(
    st.none() | st.integers(3, LONGEST_JOB_SECONDS),
    st.none() | st.integers(LEAST_BILLED_SECONDS, 10 * LONGEST_JOB_SECONDS),
    GRACES,
)
def test_a_job_is_ended_by_its_earliest_limit_at_that_very_second_and_not_before(
    time_limit_seconds: int | None, cost_limit_seconds: int | None, grace_seconds: int
) -> None:
    limits = limits_of(time_limit_seconds, cost_limit_seconds, grace_seconds)
    ends_at = limits.ends_at_seconds()
    assert ends_at >= 1

    before = decide(limits, a_sighting(), after(ends_at - 1))
    ended = decide(limits, a_sighting(), after(ends_at))

    assert before.reason is None
    assert before.next_check_seconds == 1
    assert ended.reason in (EndReason.TIME_LIMIT, EndReason.COST_LIMIT)
    is_costs = cost_limit_seconds is not None and cost_limit_seconds == limits.earliest_seconds()
    assert (ended.reason is EndReason.COST_LIMIT) is is_costs


@given(st.integers(3, LONGEST_JOB_SECONDS), GRACES, st.floats(0, 1))
def test_every_sleep_ends_at_the_limit_at_the_latest(
    time_limit_seconds: int, grace_seconds: int, share: float
) -> None:
    limits = limits_of(time_limit_seconds, None, grace_seconds)
    ran_seconds = int(share * (limits.ends_at_seconds() - 1))
    decision = decide(limits, a_sighting(), after(ran_seconds))
    assert decision.reason is None
    assert 1 <= decision.next_check_seconds <= limits.ends_at_seconds() - ran_seconds
