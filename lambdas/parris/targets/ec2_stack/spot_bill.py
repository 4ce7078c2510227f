"""The cost of a job on a spot instance.

The carry of such a job is the zone of its instance and, from the first check on, what it has cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.payloads import maybe_text_in
from parris.targets.ec2_stack.spec import spec_of
from parris.targets.spending import Spending

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job
    from parris.payloads import Payload
    from parris.targets.ec2_stack.aws.gateways import Ec2Gateways

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
    from parris.ec2.spot_bill import LONGEST_SLEEP_SECONDS, SpotMachine, spot_bill

    zone = maybe_text_in(carry, _ZONE)
    if zone is None or job.rate is None:
        return Spending(job.rate, job.limits, carry, LONGEST_SLEEP_SECONDS)
    machine = SpotMachine(spec_of(job).instance_type, zone, job.rate, job.limits)
    bill = spot_bill(aws.spot_prices, machine, launched_at, carry, until)
    return Spending(bill.rate, bill.limits, {_ZONE: zone, **bill.carry}, LONGEST_SLEEP_SECONDS)
