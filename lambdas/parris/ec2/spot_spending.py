"""What a spot instance has cost so far, from its zone's price changes, and what it may still cost.

EC2 keeps the price history for 90 days, so each check passes on the sum as (until, usd). A repeated
check starts from the same sum and arrives at the same result, so nothing is counted twice.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Self

from parris.costs.cost import affordable_seconds
from parris.costs.rate import Rate
from parris.ec2.parts import INSTANCE, component_of, instance_price_of
from parris.limits import Limits
from parris.payloads import Payload, int_in, maybe_int_in, text_in
from parris.timestamps import format_timestamp, parse_timestamp

SMALLEST_SHARE = 1000
"""A check is due when the limit could be reached at the bid. It finds how much is left, and the
next check is due when that could be spent. At half of the bid each check halves the rest. What is
left of the last thousandth of the limit is not spent: at a third of the bid, the checks from there
down to seconds would be as many as all before."""

MOST_COST_CHECKS = 36
"""At a tenth of the bid even a thousandth takes 66 checks. The last of these checks ends the job
with the rest unspent, so that a run stays within 800 history events."""

_EXACT_DIGITS = Decimal("0.0000000001")
_SECONDS_PER_HOUR = Decimal(3600)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SpotPrice:
    """The hourly price of the instance from `at` on."""

    at: datetime
    usd_per_hour: Decimal


@dataclass(frozen=True, slots=True)
class SpotSpending:
    """The exact cost in USD of the instance alone from its launch until `until`.

    `cost_limit_seconds` is when, from launch, the cost limit could be reached at the bid, as of
    `until`. `cost_checks` counts the checks that were made because of it.
    """

    until: datetime
    usd: Decimal
    cost_limit_seconds: int | None = None
    cost_checks: int = 0

    def to_payload(self) -> Payload:
        """Return the spending as JSON, with the amount as a string."""
        return {
            "until": format_timestamp(self.until),
            "usd": str(self.usd),
            "cost_limit_seconds": self.cost_limit_seconds,
            "cost_checks": self.cost_checks,
        }

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the spending that `to_payload` wrote."""
        return cls(
            until=parse_timestamp(text_in(payload, "until")),
            usd=Decimal(text_in(payload, "usd")),
            cost_limit_seconds=maybe_int_in(payload, "cost_limit_seconds"),
            cost_checks=int_in(payload, "cost_checks"),
        )

    def continued(self, prices: Sequence[SpotPrice], until: datetime, bid: Decimal) -> Self:
        """Return the spending up to a later time; an earlier time changes nothing."""
        if until <= self.until:
            return self
        usd = self.usd + usd_between(prices, self.until, until, bid)
        return dataclasses.replace(self, until=until, usd=usd)


def usd_between(
    prices: Sequence[SpotPrice], since: datetime, until: datetime, bid_usd_per_hour: Decimal
) -> Decimal:
    """Return what an instance costs between two times, in USD, rounded up to 10 digits.

    Time before the first known price counts at the bid, and so does time with a price above the
    bid, because EC2 never bills more than the bid.

    Args:
        prices: the price changes of the zone, in any order, including the last one before `since`
            if it is known.
        since: the start.
        until: the end, later than `since`.
        bid_usd_per_hour: the maximum price per hour.
    """
    changes = sorted(prices, key=lambda one: (one.at, one.usd_per_hour))
    usd_microseconds, at, price = Decimal(0), since, bid_usd_per_hour
    for change in changes:
        if change.at >= until:
            break
        if change.at > at:
            usd_microseconds += price * ((change.at - at) // _MICROSECOND)
            at = change.at
        price = min(change.usd_per_hour, bid_usd_per_hour)
    usd_microseconds += price * ((until - at) // _MICROSECOND)
    return (usd_microseconds / (_SECONDS_PER_HOUR * 1_000_000)).quantize(
        _EXACT_DIGITS, rounding=ROUND_CEILING
    )


def rate_of_run(rate: Rate, spending: SpotSpending, launched_at: datetime) -> Rate:
    """Return the job's rate with the average price of the instance since its launch."""
    ran_seconds = Decimal((spending.until - launched_at) // _MICROSECOND) / 1_000_000
    if ran_seconds <= 0:
        return rate
    average = (spending.usd * _SECONDS_PER_HOUR / ran_seconds).quantize(
        _EXACT_DIGITS, rounding=ROUND_CEILING
    )
    instance = component_of(
        INSTANCE,
        min(average, instance_price_of(rate).usd_per_hour),
        "EC2 spot price history of the instance's zone, average of the run",
        format_timestamp(spending.until),
    )
    others = (one for one in rate.components if one.part != INSTANCE)
    return Rate((instance, *others))


def limits_at_the_bid(
    limits: Limits, rate: Rate, spending: SpotSpending, launched_at: datetime
) -> Limits:
    """Return the current limits: the cost limit is reached when the rest is spent at the bid.

    Savings from prices below the bid extend the limit. The limit counts as reached when less than
    one part in `SMALLEST_SHARE` of it is left, and at the last of `MOST_COST_CHECKS`.
    """
    if limits.cost_limit_usd is None or limits.cost_limit_seconds is None:
        return limits
    ran_seconds = Decimal((spending.until - launched_at) // _MICROSECOND) / 1_000_000
    at_the_bid_usd = instance_price_of(rate).usd_per_hour * ran_seconds / _SECONDS_PER_HOUR
    saved_usd = max(at_the_bid_usd - spending.usd, Decimal(0))
    seconds = affordable_seconds(rate, Decimal(limits.cost_limit_usd), saved_usd)
    now_seconds = int(ran_seconds) + limits.save_grace_seconds + limits.stopping_allowance_seconds
    is_rest_small = seconds - now_seconds <= limits.cost_limit_seconds // SMALLEST_SHARE
    if is_rest_small or spending.cost_checks >= MOST_COST_CHECKS:
        seconds = min(seconds, now_seconds)
    return dataclasses.replace(limits, cost_limit_seconds=seconds)


def with_check_counted(
    spending: SpotSpending, before: SpotSpending, limits: Limits, launched_at: datetime
) -> SpotSpending:
    """Return the spending with this check counted, if it was made because of the cost limit."""
    was_due = before.cost_limit_seconds is not None and spending.until >= launched_at + timedelta(
        seconds=before.cost_limit_seconds
        - limits.save_grace_seconds
        - limits.stopping_allowance_seconds
    )
    return dataclasses.replace(spending, cost_checks=before.cost_checks + was_due)
