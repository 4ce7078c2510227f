"""A job's cost as of one check, and what the target passes on to the next check."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parris.limits import LONGEST_JOB_SECONDS
from parris.payloads import Payload, part_of

if TYPE_CHECKING:
    from parris.costs.rate import Rate
    from parris.limits import Limits


@dataclass(frozen=True, slots=True)
class Spending:
    """The cost as of one check.

    `rate` is the average rate since the launch, or None if no price is known. `limits` are the
    job's, with the cost limit at the earliest time at which it can be reached. `carry` is what the
    target passes on to the next check, which is due after `longest_sleep_seconds`.
    """

    rate: Rate | None
    limits: Limits
    carry: Payload = field(default_factory=dict)
    longest_sleep_seconds: int = LONGEST_JOB_SECONDS


def carry_of(state: Payload) -> Payload:
    """Return the carry of the last check, or that of the launch before the first check."""
    decision = part_of(state, "decision")
    return part_of(decision if "carry" in decision else part_of(state, "run"), "carry")
