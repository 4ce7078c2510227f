"""By when a job's machine is gone: its limits, with the times to save and to stop inside them."""

import dataclasses
from dataclasses import dataclass
from typing import Self

from parris.payloads import Payload, int_in, maybe_int_in, maybe_text_in

LONGEST_JOB_SECONDS = 8_700 * 3600
"""No job outlives 8,700 h: an execution may last a year, launch and clean-up included.
Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""

_LARGEST_SHARE = 10
"""Saving and stopping may each take a tenth of a limit at most."""
_LONGEST_STOPPING_SECONDS = 60
"""From the end of saving until the machine is off. The retries of the Poll that ends a job, whose
clock stands still meanwhile, take 14 s at most of it, and lie in it wherever the limit is 140 s or
more. Within a shorter one the machine, with the same limit and a clock of its own, is first."""


@dataclass(frozen=True, slots=True)
class Limits:
    """By when the machine is gone, in whole seconds from its launch. None: no such limit.

    Saving and stopping lie inside the limit: the job is ended `save_grace_seconds` and
    `stopping_allowance_seconds` before it, so that nothing overshoots it. Where the limit leaves
    less time to save than was requested, `requested_grace_seconds` keeps it for another limit.
    """

    time_limit_seconds: int | None
    cost_limit_seconds: int | None
    cost_limit_usd: str | None
    save_grace_seconds: int
    stopping_allowance_seconds: int = 0
    requested_grace_seconds: int | None = None

    def earliest_seconds(self) -> int:
        """Return by when the first limit wants the machine gone; every job's cap counts as one."""
        chosen = (self.time_limit_seconds, self.cost_limit_seconds, LONGEST_JOB_SECONDS)
        return min(seconds for seconds in chosen if seconds is not None)

    def ends_at_seconds(self) -> int:
        """Return when the job is ended: told to save, early enough to be gone by the limit."""
        reserved_seconds = self.save_grace_seconds + self.stopping_allowance_seconds
        return self.earliest_seconds() - reserved_seconds

    def with_cost_limit_at(self, seconds: int | None) -> Self:
        """Return the limits of a machine on which the cost limit is so many seconds long."""
        return dataclasses.replace(self, cost_limit_seconds=seconds).with_reserves_within()

    def with_reserves_within(self) -> Self:
        """Return the limits with times to save and to stop of at most a tenth of the earliest."""
        most_seconds = max(1, self.earliest_seconds() // _LARGEST_SHARE)
        requested_seconds = self.requested_grace_seconds or self.save_grace_seconds
        return dataclasses.replace(
            self,
            save_grace_seconds=min(requested_seconds, most_seconds),
            requested_grace_seconds=requested_seconds,
            stopping_allowance_seconds=min(_LONGEST_STOPPING_SECONDS, most_seconds),
        )

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the limits of a job's payload."""
        return cls(
            time_limit_seconds=maybe_int_in(payload, "time_limit_seconds"),
            cost_limit_seconds=maybe_int_in(payload, "cost_limit_seconds"),
            cost_limit_usd=maybe_text_in(payload, "cost_limit_usd"),
            save_grace_seconds=int_in(payload, "save_grace_seconds"),
            stopping_allowance_seconds=int_in(payload, "stopping_allowance_seconds"),
            requested_grace_seconds=maybe_int_in(payload, "requested_grace_seconds"),
        )
