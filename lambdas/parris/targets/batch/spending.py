"""What a job costs on the machine that Batch has chosen for it.

Until the machine is known, and on Fargate, the job's own rate counts, which is that of the dearest
machine. The carry has the machine, its rate from the first check on, and the sum of a spot machine.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.costs.cost import affordable_seconds
from parris.costs.rate import Component, Rate
from parris.ec2.parts import INSTANCE
from parris.payloads import part_of, text_in
from parris.targets.batch.spec import spec_of
from parris.targets.spending import Spending

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job
    from parris.limits import Limits
    from parris.payloads import Payload
    from parris.targets.batch.aws.gateways import BatchGateways

UPPER_BOUND = "an upper bound: the dearest machine that the queue may choose"

_MACHINE, _RATE, _LIMIT = "machine", "rate", "cost_limit_seconds"


def machine_carry(instance_type: str, zone: str, *, is_spot: bool) -> Payload:
    """Return the carry of a job whose machine is known.

    Args:
        instance_type: the type of the instance.
        zone: its availability zone.
        is_spot: whether it is a spot instance, whatever the queue may use.
    """
    return {_MACHINE: {"instance_type": instance_type, "zone": zone, "is_spot": is_spot}}


def has_machine(carry: Payload) -> bool:
    """Return whether the machine of the job is known."""
    return bool(part_of(carry, _MACHINE))


def batch_spending(
    aws: BatchGateways, job: Job, launched_at: datetime, carry: Payload, until: datetime
) -> Spending:
    """Return the cost of the job until a point in time.

    Args:
        aws: the gateways.
        job: the job.
        launched_at: when its container was placed on the machine.
        carry: what the last check, or the launch, passed on.
        until: now, or when the container ended.
    """
    machine = part_of(carry, _MACHINE)
    if job.rate is None or not job.has_variable_price:
        return Spending(job.rate, job.limits, carry)
    if not machine:
        return Spending(_upper_bound(job, job.rate), job.limits, carry)
    known = part_of(carry, _RATE)
    rate = Rate.from_payload(known) if known else _rate_of_machine(aws, job, machine)
    if rate is None:
        return Spending(_upper_bound(job, job.rate), job.limits, carry)
    limits = _limits_at(job.limits, rate)
    own: Payload = {_MACHINE: machine, _RATE: rate.to_payload()}
    if machine.get("is_spot") is not True:
        return Spending(rate, limits, {**own, _LIMIT: limits.cost_limit_seconds})
    from parris.ec2.spot_bill import LONGEST_SLEEP_SECONDS, SpotMachine, spot_bill

    spot = SpotMachine(text_in(machine, "instance_type"), text_in(machine, "zone"), rate, limits)
    bill = spot_bill(aws.spot_prices, spot, launched_at, carry, until)
    return Spending(bill.rate, bill.limits, {**own, **bill.carry}, LONGEST_SLEEP_SECONDS)


def carried_limits(job: Job, carry: Payload) -> Limits:
    """Return the limits as of the last check, without calling AWS."""
    seconds = carry.get(_LIMIT)
    if not isinstance(seconds, int):
        return job.limits
    return dataclasses.replace(job.limits, cost_limit_seconds=seconds)


def at_the_bid(price: Component, bid_percentage: int) -> Component:
    """Return the most that a spot instance may cost, from the on-demand price of its type."""
    if bid_percentage == 100:
        return price
    return dataclasses.replace(price, usd_per_unit=price.usd_per_unit * bid_percentage / 100)


def _rate_of_machine(aws: BatchGateways, job: Job, machine: Payload) -> Rate | None:
    """Return the rate of the machine; None if it is no better known than that of the dearest."""
    if job.rate is None:
        return None
    spec, is_spot = spec_of(job), machine.get("is_spot") is True
    if spec.usd_per_hour:
        return job.rate
    kind = text_in(machine, "instance_type")
    price = aws.prices.on_demand_prices([kind]).prices[kind]
    if not isinstance(price, Component):
        return None
    if is_spot:
        price = at_the_bid(price, spec.bid_percentage)
    return Rate((price, *(one for one in job.rate.components if one.part != INSTANCE)))


def _upper_bound(job: Job, rate: Rate) -> Rate:
    """Return the rate, whose source says that the job may have cost less."""
    spec = spec_of(job)
    if spec.is_fargate or spec.usd_per_hour:
        return rate
    components = (
        dataclasses.replace(one, source=f"{one.source} ({UPPER_BOUND})")
        if one.part == INSTANCE
        else one
        for one in rate.components
    )
    return Rate(tuple(components))


def _limits_at(limits: Limits, rate: Rate) -> Limits:
    """Return the limits, with the cost limit at the time at which this rate reaches it."""
    if limits.cost_limit_usd is None:
        return limits
    seconds = affordable_seconds(rate, Decimal(limits.cost_limit_usd))
    return dataclasses.replace(limits, cost_limit_seconds=seconds)
