"""What a job on a spot instance has cost: the sum that was carried on, and the prices since.

What reckons with it is imported where there is such an instance: most looks start cold.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.payloads import maybe_text_in, part_of
from parris.timestamps import parse_moment

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.costs.spot_spending import SpotSpending
    from parris.job import Job
    from parris.payloads import Payload

LONGEST_SLEEP_SECONDS = 80 * 24 * 3600
"""Longer, and the prices from the last look on would no longer all be in the history."""

_SHORTEST_QUESTION = timedelta(seconds=1)


def carried_spending(job: Job, state: Payload) -> SpotSpending | None:
    """Return what the last look handed on, or the beginning; None for any but a spot instance.

    A job that asked for spot and got another machine costs what any machine costs: its rate.
    """
    run = part_of(state, "run")
    launched_at = maybe_text_in(run, "launched_at")
    if job.rate is None or launched_at is None or maybe_text_in(run, "spot_zone") is None:
        return None
    from parris.costs.spot_spending import SpotSpending

    carried = part_of(part_of(state, "decision"), "spot")
    if carried:
        return SpotSpending.from_payload(carried)
    return SpotSpending(until=parse_moment(launched_at), usd=Decimal(0))


def spending_until(job: Job, state: Payload, until: datetime, aws: Gateways) -> SpotSpending | None:
    """Return what the instance has cost until a moment; None for any but a spot instance."""
    carried = carried_spending(job, state)
    zone = maybe_text_in(part_of(state, "run"), "spot_zone")
    if carried is None or zone is None or job.rate is None:
        return None
    if until - carried.until < _SHORTEST_QUESTION:
        return carried
    from parris.costs.spot_spending import bid_of

    prices = aws.spot_prices.between(job.machine.instance_type, zone, carried.until, until)
    return carried.continued(prices, until, bid_of(job.rate).usd_per_hour)
