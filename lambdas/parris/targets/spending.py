"""What a target says of a job's cost as of one check, and what it hands on to the next check."""

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

    `rate` is what an hour has cost on average since the launch, None where no price is known.
    `limits` are the job's, with the cost limit at the earliest second at which it can be reached.
    `carry` is the target's own, for the next check, which is due after `longest_sleep_seconds`.
    """

    rate: Rate | None
    limits: Limits
    carry: Payload = field(default_factory=dict)
    longest_sleep_seconds: int = LONGEST_JOB_SECONDS


def carry_of(state: Payload) -> Payload:
    """Return what the last check of the job handed on; before the first, what the launch did."""
    decision = part_of(state, "decision")
    return part_of(decision if "carry" in decision else part_of(state, "run"), "carry")
