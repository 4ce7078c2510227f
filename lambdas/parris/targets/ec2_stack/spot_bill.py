"""The cost of a job on a spot instance: the sum up to the last check, plus the prices since then.

The carry of such a job is the zone of its instance and, from the first check on, a `SpotSpending`.
The calculation is imported only for spot instances, because most checks start cold.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.payloads import maybe_text_in
from parris.targets.ec2_stack.spec import spec_of
from parris.targets.spending import Spending

if TYPE_CHECKING:
    from parris.job import Job
    from parris.limits import Limits
    from parris.payloads import Payload
    from parris.targets.ec2_stack.aws.gateways import Ec2Gateways
    from parris.targets.ec2_stack.spot_spending import SpotSpending

_LONGEST_SLEEP_SECONDS = 80 * 24 * 3600
"""With longer sleeps, the price history would not reach back to the last check."""

_SHORTEST_QUESTION = timedelta(seconds=1)
_ZONE = "zone"


def carry_in_zone(zone: str) -> Payload:
    """Return the carry of a launched spot instance."""
    return {_ZONE: zone}


def spot_spending(
    aws: Ec2Gateways, job: Job, launched_at: datetime, carry: Payload, until: datetime
) -> Spending:
    """Return the cost of the job until a point in time.

    If a job that requested spot runs on another machine, its cost follows from its rate.
    """
    zone = maybe_text_in(carry, _ZONE)
    if zone is None or job.rate is None:
        return Spending(job.rate, job.limits, carry, _LONGEST_SLEEP_SECONDS)
    from parris.targets.ec2_stack.parts import instance_price_of
    from parris.targets.ec2_stack.spot_spending import (
        limits_at_the_bid,
        rate_of_run,
        with_check_counted,
    )

    before = _carried(launched_at, carry)
    spent = before
    if until - before.until >= _SHORTEST_QUESTION:
        prices = aws.spot_prices.between(spec_of(job).instance_type, zone, before.until, until)
        spent = before.continued(prices, until, instance_price_of(job.rate).usd_per_hour)
    spent = with_check_counted(spent, before, job.limits, launched_at)
    limits = limits_at_the_bid(job.limits, job.rate, spent, launched_at)
    spent = dataclasses.replace(spent, cost_limit_seconds=limits.cost_limit_seconds)
    return Spending(
        rate_of_run(job.rate, spent, launched_at),
        limits,
        {_ZONE: zone, **spent.to_payload()},
        _LONGEST_SLEEP_SECONDS,
    )


def carried_limits(job: Job, carry: Payload) -> Limits:
    """Return the limits as of the last check, without calling AWS."""
    seconds = carry.get("cost_limit_seconds")
    if not isinstance(seconds, int):
        return job.limits
    return dataclasses.replace(job.limits, cost_limit_seconds=seconds)


def _carried(launched_at: datetime, carry: Payload) -> SpotSpending:
    from parris.targets.ec2_stack.spot_spending import SpotSpending

    if "until" in carry:
        return SpotSpending.from_payload(carry)
    return SpotSpending(until=launched_at, usd=Decimal(0))
