"""What became of each limit: how much of it was used, and by how much it was overshot."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cli import words
from parris.payloads import maybe_text_in, maybe_whole_in

if TYPE_CHECKING:
    from parris.job import Job
    from parris.payloads import Json, Payload

TIME, COST = "time-limit", "cost-limit"


@dataclass(frozen=True, slots=True)
class LimitUse:
    """A limit and what was used of it, both in seconds or both in USD."""

    limit: str
    unit: str
    allowed: Decimal
    used: Decimal

    @property
    def overshoot(self) -> Decimal:
        """Return by how much more was used than allowed; 0 where it was kept."""
        return max(Decimal(0), self.used - self.allowed)

    def to_json(self) -> dict[str, Json]:
        """Return the same for programs; decimals are texts."""
        return {
            "limit": self.limit,
            "unit": self.unit,
            "allowed": str(self.allowed),
            "used": str(self.used),
            "overshoot": str(self.overshoot),
        }

    def in_words(self) -> str:
        """Return the same for people."""
        if self.overshoot:
            return (
                f"{self.limit} of {self._shown(self.allowed)}: {self._shown(self.overshoot)} over"
            )
        spare = self._shown(self.allowed - self.used)
        return f"{self.limit} of {self._shown(self.allowed)}: kept, {spare} to spare"

    def _shown(self, amount: Decimal) -> str:
        if self.unit == "seconds":
            return words.duration(int(amount))
        return f"{words.money(str(amount))} USD"


def limit_uses(job: Job | None, outcome: Payload) -> list[LimitUse]:
    """Return the use of each limit that the job has; none for a job that was never launched."""
    ran_seconds = maybe_whole_in(outcome, "runtime_seconds")
    if job is None or ran_seconds is None:
        return []
    uses = []
    if job.limits.time_limit_seconds is not None:
        allowed = Decimal(job.limits.time_limit_seconds)
        uses.append(LimitUse(TIME, "seconds", allowed, Decimal(ran_seconds)))
    spent = maybe_text_in(outcome, "estimated_cost_usd")
    if job.limits.cost_limit_usd is not None and spent is not None:
        uses.append(LimitUse(COST, "USD", Decimal(job.limits.cost_limit_usd), Decimal(spent)))
    return uses
