"""What a job on a spot instance has cost: the sum that is carried on, and the prices since.

The carry of such a job is the zone of its instance, and from the first check on a `SpotSpending`.
What reckons with it is imported where there is such an instance: most looks start cold.
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
"""Longer, and the prices from the last look on would no longer all be in the history."""

_SHORTEST_QUESTION = timedelta(seconds=1)
_ZONE = "zone"


def carry_in_zone(zone: str) -> Payload:
    """Return what the launch of a spot instance hands on."""
    return {_ZONE: zone}


def spot_spending(
    aws: Ec2Gateways, job: Job, launched_at: datetime, carry: Payload, until: datetime
) -> Spending:
    """Return what the job has cost until a moment.

    A job that asked for spot and got another machine costs what any machine costs: its rate.
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
    """Return the limits as of the last check: asks nothing."""
    seconds = carry.get("cost_limit_seconds")
    if not isinstance(seconds, int):
        return job.limits
    return dataclasses.replace(job.limits, cost_limit_seconds=seconds)


def _carried(launched_at: datetime, carry: Payload) -> SpotSpending:
    from parris.targets.ec2_stack.spot_spending import SpotSpending

    if "until" in carry:
        return SpotSpending.from_payload(carry)
    return SpotSpending(until=launched_at, usd=Decimal(0))
