"""The limits of a job, which include the time to save the results and to stop the machine."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Self

from parris.payloads import Payload, int_in, maybe_int_in, maybe_text_in, text_in
from parris.reasons import EndReason
from parris.timestamps import format_timestamp, parse_timestamp

LONGEST_JOB_SECONDS = 8_700 * 3600
"""No job runs longer than 8,700 h: an execution may last a year, launch and cleanup included.
Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""

_LARGEST_SHARE = 10
"""Saving and stopping may each take at most a tenth of a limit."""
_LONGEST_STOPPING_SECONDS = 60
"""Time from the end of saving until the machine is off. It covers up to 14 s of retries of the poll
that ends the job, if the limit is 140 s or more. With a shorter limit the machine, which enforces
the same limit with its own clock, is first."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When the machine must be gone, in whole seconds from its launch. None: no such limit.

    A limit includes saving and stopping: the job ends `save_grace_seconds` and
    `stopping_allowance_seconds` earlier, so that it does not exceed the limit. If the limit leaves
    less time to save than requested, `requested_grace_seconds` keeps the requested time.

    The limits of a run count over all of its attempts: these are what earlier ones have left.
    `used_seconds` and `used_usd` are what those have used, for people, and `longest_seconds` is
    what they have left of the longest time that a job may run.

    `clock_time` is a timestamp by which the job must be gone, empty without one, and
    `clock_limit_seconds` is how long after the launch that is. The gaps between attempts count.
    """

    time_limit_seconds: int | None
    cost_limit_seconds: int | None
    cost_limit_usd: str | None
    save_grace_seconds: int
    stopping_allowance_seconds: int = 0
    requested_grace_seconds: int | None = None
    longest_seconds: int = LONGEST_JOB_SECONDS
    used_seconds: int = 0
    used_usd: str = "0"
    clock_time: str = ""
    clock_limit_seconds: int | None = None

    @property
    def whole_time_limit_seconds(self) -> int | None:
        """Return the time limit over all attempts, or None if there is none."""
        seconds = self.time_limit_seconds
        return None if seconds is None else seconds + self.used_seconds

    @property
    def whole_cost_limit_usd(self) -> str | None:
        """Return the cost limit over all attempts, or None if there is none."""
        limit_usd = self.cost_limit_usd
        if limit_usd is None or not Decimal(self.used_usd):
            return limit_usd
        return f"{(Decimal(limit_usd) + Decimal(self.used_usd)).normalize():f}"

    @property
    def runtime_limit_seconds(self) -> int | None:
        """Return the earlier of time limit and clock time, or None if there is neither."""
        chosen = (self.time_limit_seconds, self.clock_limit_seconds)
        return min((seconds for seconds in chosen if seconds is not None), default=None)

    def earliest_seconds(self) -> int:
        """Return the earliest limit; the cap on all jobs counts as one."""
        chosen = (self.runtime_limit_seconds, self.cost_limit_seconds, self.longest_seconds)
        return min(seconds for seconds in chosen if seconds is not None)

    def end_reason(self) -> EndReason:
        """Return the reason of a job that ends at the earliest limit."""
        earliest_seconds = self.earliest_seconds()
        if self.cost_limit_seconds == earliest_seconds:
            return EndReason.COST_LIMIT
        if self.clock_limit_seconds == earliest_seconds:
            return EndReason.CLOCK_TIME
        return EndReason.TIME_LIMIT

    def ends_at_seconds(self) -> int:
        """Return when the job ends and starts to save, so that the machine is gone by the limit."""
        reserved_seconds = self.save_grace_seconds + self.stopping_allowance_seconds
        return self.earliest_seconds() - reserved_seconds

    def with_cost_limit_at(self, seconds: int | None) -> Self:
        """Return the limits with a cost limit that lasts this many seconds."""
        return dataclasses.replace(self, cost_limit_seconds=seconds).with_reserves_within()

    def with_clock_time(self, clock_time: datetime, launched_at: datetime) -> Self:
        """Return the limits of a job that must be gone by a time, and is launched at another."""
        with_time = dataclasses.replace(self, clock_time=format_timestamp(clock_time))
        return with_time.counted_from(launched_at)

    def counted_from(self, launched_at: datetime) -> Self:
        """Return the limits of a job that is launched then: a clock time is so much later."""
        if not self.clock_time:
            return self
        # Seconds are cut off: a limit is rather early than late.
        seconds = (parse_timestamp(self.clock_time) - launched_at) // timedelta(seconds=1)
        return dataclasses.replace(self, clock_limit_seconds=seconds).with_reserves_within()

    def after_attempt(self, ran_seconds: int, cost_usd: str, longest_seconds: int) -> Self:
        """Return what an attempt has left of the limits; the next rate decides on the cost limit.

        Args:
            ran_seconds: how long its machine ran.
            cost_usd: what it cost.
            longest_seconds: how long the next attempt may run at most, whatever the limits.
        """
        seconds, usd = self.time_limit_seconds, self.cost_limit_usd
        return dataclasses.replace(
            self,
            time_limit_seconds=None if seconds is None else seconds - ran_seconds,
            cost_limit_seconds=None,
            cost_limit_usd=None if usd is None else str(Decimal(usd) - Decimal(cost_usd)),
            longest_seconds=longest_seconds,
            used_seconds=self.used_seconds + ran_seconds,
            used_usd=str(Decimal(self.used_usd) + Decimal(cost_usd)),
        )

    def with_reserves_within(self) -> Self:
        """Return the limits with save and stop times of at most a tenth of the earliest limit."""
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
        """Return the limits in a job's payload."""
        return cls(
            time_limit_seconds=maybe_int_in(payload, "time_limit_seconds"),
            cost_limit_seconds=maybe_int_in(payload, "cost_limit_seconds"),
            cost_limit_usd=maybe_text_in(payload, "cost_limit_usd"),
            save_grace_seconds=int_in(payload, "save_grace_seconds"),
            stopping_allowance_seconds=int_in(payload, "stopping_allowance_seconds"),
            requested_grace_seconds=maybe_int_in(payload, "requested_grace_seconds"),
            longest_seconds=int_in(payload, "longest_seconds"),
            used_seconds=int_in(payload, "used_seconds"),
            used_usd=text_in(payload, "used_usd"),
            clock_time=maybe_text_in(payload, "clock_time") or "",
            clock_limit_seconds=maybe_int_in(payload, "clock_limit_seconds"),
        )
