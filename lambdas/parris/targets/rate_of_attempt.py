"""The average rate of an attempt that has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.targets.spending import carry_of
from parris.termination.bill import ended_at_of, launched_at_of

if TYPE_CHECKING:
    from parris.costs.rate import Rate
    from parris.job import Job
    from parris.payloads import Payload
    from parris.targets.target import Target


def rate_of_attempt(target: Target, job: Job, state: Payload) -> Rate | None:
    """Return the average rate of the current attempt, which has ended."""
    launched_at = launched_at_of(state)
    if launched_at is None:
        return job.rate
    return target.spending(job, launched_at, carry_of(state), ended_at_of(state)).rate
