"""The cost of a job on a spot instance: the sum up to the last check, plus the prices since then.

The sum is part of the carry of the job. This module is imported only for spot instances, because
most checks start cold.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from parris.ec2.parts import instance_price_of
from parris.ec2.spot_spending import (
    SpotSpending,
    limits_at_the_bid,
    rate_of_run,
    with_check_counted,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from parris.costs.rate import Rate
    from parris.ec2.spot_spending import SpotPrice
    from parris.limits import Limits
    from parris.payloads import Payload

LONGEST_SLEEP_SECONDS = 80 * 24 * 3600
"""With longer sleeps, the price history would not reach back to the last check."""

_SHORTEST_QUESTION = timedelta(seconds=1)


class PriceHistory(Protocol):
    """Where the prices of a zone over time come from."""

    def between(
        self, instance_type: str, zone: str, since: datetime, until: datetime
    ) -> Sequence[SpotPrice]:
        """Return the price changes, including the last one before `since`."""


@dataclass(frozen=True, slots=True)
class SpotMachine:
    """A spot instance, with its rate at the bid, and the limits of its job at that rate."""

    instance_type: str
    zone: str
    rate: Rate
    limits: Limits


@dataclass(frozen=True, slots=True)
class SpotBill:
    """The average rate since the launch, the current limits, and the sum for the next check."""

    rate: Rate
    limits: Limits
    carry: Payload


def spot_bill(
    history: PriceHistory,
    machine: SpotMachine,
    launched_at: datetime,
    carry: Payload,
    until: datetime,
) -> SpotBill:
    """Return the cost of a spot instance until a point in time.

    Args:
        history: the zone's prices.
        machine: the instance.
        launched_at: when it was launched.
        carry: that of the last check; it may be empty, or contain more.
        until: now, or when the instance ended.
    """
    before = _carried(launched_at, carry)
    spent = before
    if until - before.until >= _SHORTEST_QUESTION:
        prices = history.between(machine.instance_type, machine.zone, before.until, until)
        spent = before.continued(prices, until, instance_price_of(machine.rate).usd_per_hour)
    spent = with_check_counted(spent, before, machine.limits, launched_at)
    limits = limits_at_the_bid(machine.limits, machine.rate, spent, launched_at)
    spent = dataclasses.replace(spent, cost_limit_seconds=limits.cost_limit_seconds)
    return SpotBill(rate_of_run(machine.rate, spent, launched_at), limits, spent.to_payload())


def carried_limits(limits: Limits, carry: Payload) -> Limits:
    """Return the limits as of the last check, without calling AWS."""
    seconds = carry.get("cost_limit_seconds")
    if not isinstance(seconds, int):
        return limits
    return dataclasses.replace(limits, cost_limit_seconds=seconds)


def _carried(launched_at: datetime, carry: Payload) -> SpotSpending:
    if "until" in carry:
        return SpotSpending.from_payload(carry)
    return SpotSpending(until=launched_at, usd=Decimal(0))
