"""The use of each limit of a job: kept, and with how much to spare, or exceeded, and why."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.payloads import maybe_int_in, maybe_text_in
from parris.timestamps import maybe_timestamp_in, parse_timestamp
from parris_cli import formatting

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from parris.job import Job
    from parris.payloads import Json, Payload

TIME, CLOCK, COST = "time-limit", "clock-time", "cost-limit"


@dataclass(frozen=True, slots=True)
class LimitUse:
    """A limit and what was used of it, either in seconds or in USD.

    `why` says why it was exceeded, empty if it was kept.
    """

    limit: str
    unit: str
    allowed: Decimal
    used: Decimal
    why: str = ""

    @property
    def overshoot(self) -> Decimal:
        """Return how much more was used than allowed; 0 if it was kept."""
        return max(Decimal(0), self.used - self.allowed)

    def to_json(self) -> dict[str, Json]:
        """Return the same for programs; decimals are strings."""
        use: dict[str, Json] = {
            "limit": self.limit,
            "unit": self.unit,
            "allowed": str(self.allowed),
            "used": str(self.used),
            "overshoot": str(self.overshoot),
        }
        return {**use, "why": self.why} if self.overshoot and self.why else use

    def to_text(self) -> str:
        """Return the same for people."""
        allowed = f"{self.limit} of {self._shown(self.allowed)}"
        if self.limit == CLOCK:
            allowed = f"{self.limit}, {self._shown(self.allowed)} after the launch"
        if self.overshoot:
            why = f": {self.why}" if self.why else ""
            return f"{allowed}: exceeded by {self._shown(self.overshoot)}{why}"
        return f"{allowed}: kept, {self._shown(self.allowed - self.used)} to spare"

    def _shown(self, amount: Decimal) -> str:
        if self.unit == "seconds":
            return formatting.duration(int(amount))
        return f"{formatting.money(str(amount))} USD"


def limit_uses(
    job: Job | None, outcome: Payload, script_ended_at: datetime | None
) -> list[LimitUse]:
    """Return the use of each limit that the job has; none for a job that was never launched.

    Args:
        job: the job; None if the run never became one.
        outcome: its record, with times and cost up to the machine's end.
        script_ended_at: when its script ended, if known.
    """
    ran_seconds = maybe_int_in(outcome, "runtime_seconds")
    if job is None or ran_seconds is None:
        return []
    uses = []
    allowed = job.limits.whole_time_limit_seconds
    if allowed is not None:
        why = _why(outcome, script_ended_at, allowed)
        uses.append(LimitUse(TIME, "seconds", Decimal(allowed), Decimal(ran_seconds), why))
    uses += _clock_use(job, outcome, script_ended_at)
    spent = maybe_text_in(outcome, "estimated_cost_usd")
    limit_usd = job.limits.whole_cost_limit_usd
    if limit_usd is not None and spent is not None:
        why = _why(outcome, script_ended_at, None)
        uses.append(LimitUse(COST, "USD", Decimal(limit_usd), Decimal(spent), why))
    return uses


def _clock_use(job: Job, outcome: Payload, script_ended_at: datetime | None) -> list[LimitUse]:
    """Return the use of the time until the clock time, in which the gaps between attempts count."""
    launched_at = maybe_timestamp_in(outcome, "started_at")
    ended_at = maybe_timestamp_in(outcome, "ended_at")
    if not job.limits.clock_time or launched_at is None or ended_at is None:
        return []
    seconds = int((parse_timestamp(job.limits.clock_time) - launched_at).total_seconds())
    used = Decimal(str((ended_at - launched_at).total_seconds()))
    why = _why(outcome, script_ended_at, seconds)
    return [LimitUse(CLOCK, "seconds", Decimal(seconds), used, why)]


def _why(outcome: Payload, script_ended_at: datetime | None, allowed_seconds: int | None) -> str:
    """Return how the time after the launch was spent, as far as it is known."""
    started, ended = maybe_text_in(outcome, "started_at"), maybe_text_in(outcome, "ended_at")
    if started is None or ended is None:
        return ""
    started_at, ended_at = parse_timestamp(started), parse_timestamp(ended)
    if script_ended_at is None or not started_at <= script_ended_at <= ended_at:
        return f"the machine ran for {_length(ended_at - started_at)}; its script reported no end"
    ran, after = script_ended_at - started_at, ended_at - script_ended_at
    only = "only " if allowed_seconds is not None and ran.total_seconds() > allowed_seconds else ""
    return (
        f"the script ended {only}{_length(ran)} after the launch; saving its results and ending"
        f" the machine then took {_length(after)}"
    )


def _length(length: timedelta) -> str:
    return formatting.duration(int(length.total_seconds()))
