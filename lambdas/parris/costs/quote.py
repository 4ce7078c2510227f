"""What a job can cost at most, and when each limit would end it, calculated before its launch."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from parris.costs.cost import (
    NOT_COUNTED,
    kept_usd_per_month,
    reserve_usd,
    spent_usd,
)
from parris.costs.offer import Offer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parris.costs.rate import Rate
    from parris.job import Job
    from parris.limits import Limits
    from parris.payloads import Payload


class Bound(StrEnum):
    """What ends a job if its script does not."""

    TIME_LIMIT = "time-limit"
    CLOCK_TIME = "clock-time"
    COST_LIMIT = "cost-limit"
    LONGEST_JOB = "longest-job"


@dataclass(frozen=True, slots=True)
class MachineQuote:
    """The quote of a job on one of its machines. `rate` is None if the price is unknown.

    The limits count over all of its `attempts`, but what outlives a machine does so in each.
    """

    title: str
    details: Payload
    rate: Rate | None
    limits: Limits
    attempts: int = 1

    @property
    def first(self) -> Bound:
        """Return the limit that comes first."""
        return min(self._bounds(), key=lambda one: one[1])[0]

    @property
    def most_usd(self) -> Decimal | None:
        """Return the maximum cost of the job on this machine in USD, rounded up."""
        if self.rate is None:
            return None
        usd = spent_usd(self.rate, self.limits.earliest_seconds())
        limit_usd = self.limits.cost_limit_usd
        if self.attempts == 1 or limit_usd is not None:
            return usd
        return usd + (self.attempts - 1) * reserve_usd(self.rate)

    def to_payload(self) -> Payload:
        """Return the quote as JSON."""
        return {
            "title": self.title,
            **self.details,
            "rate": None if self.rate is None else self.rate.to_payload(),
            "most_usd": None if self.most_usd is None else str(self.most_usd),
            "ends_by": self.first,
            "ends_at_seconds": self.limits.ends_at_seconds(),
            "limits": [self._bound_payload(bound, seconds) for bound, seconds in self._bounds()],
        }

    def _bounds(self) -> list[tuple[Bound, int]]:
        limits = (
            (Bound.COST_LIMIT, self.limits.cost_limit_seconds),
            (Bound.TIME_LIMIT, self.limits.time_limit_seconds),
            (Bound.CLOCK_TIME, self.limits.clock_limit_seconds),
            (Bound.LONGEST_JOB, self.limits.longest_seconds),
        )
        return [(bound, seconds) for bound, seconds in limits if seconds is not None]

    def _bound_payload(self, bound: Bound, seconds: int) -> Payload:
        usd = None if self.rate is None else str(spent_usd(self.rate, seconds))
        found: Payload = {"limit": bound, "gone_by_seconds": seconds, "usd": usd}
        return {**found, "gone_by": self.limits.clock_time} if bound is Bound.CLOCK_TIME else found


MachineQuotes = tuple[MachineQuote, ...]


def machine_quotes(offers: Iterable[Offer], limits: Limits, attempts: int = 1) -> MachineQuotes:
    """Return the quote for each kind of machine that a job may run on, in their order."""
    by_title = {one.title: one for one in offers}
    return tuple(
        MachineQuote(
            title,
            one.details,
            one.rate,
            _limits_of(one, limits, attempts),
            attempts,
        )
        for title, one in by_title.items()
    )


def _limits_of(offer: Offer, limits: Limits, attempts: int) -> Limits:
    """Return the limits over all attempts, none of which is longer than the target allows."""
    longest_seconds = min(limits.longest_seconds, attempts * offer.longest_seconds)
    within = dataclasses.replace(limits, longest_seconds=longest_seconds)
    return within.with_cost_limit_at(offer.cost_limit_seconds)


def most_usd_of(quotes: MachineQuotes) -> Decimal | None:
    """Return the maximum cost on the most expensive machine, or None if a price is unknown."""
    found = [quote.most_usd for quote in quotes]
    return None if None in found else max(usd for usd in found if usd is not None)


def is_bounded(limits: Limits) -> bool:
    """Return whether a limit was chosen; the cap on all jobs does not count."""
    return limits.runtime_limit_seconds is not None or limits.cost_limit_usd is not None


def quote_of(job: Job) -> Payload:
    """Return the quote: the maximum cost, the limits, the rates and the warnings.

    `machines` has one entry for each kind of machine. Seconds count from the launch: the job ends
    and saves at `ends_at_seconds`, and the machine is gone by `gone_by_seconds`. Those of a clock
    time count from the start of the run, and can only be fewer; it is in `gone_by`.
    """
    quotes = machine_quotes(job.offers, job.limits, job.max_attempts)
    most_usd = most_usd_of(quotes)
    kept_usd = kept_usd_per_month(job.rate) if job.keeps_resources else None
    return {
        "is_bounded": is_bounded(job.limits),
        "most_usd": None if most_usd is None else str(most_usd),
        "words": _summary(job, quotes, most_usd),
        **job.details,
        "max_attempts": job.max_attempts,
        "machines": [quote.to_payload() for quote in quotes],
        "kept_usd_per_month": None if kept_usd is None else str(kept_usd),
        "warnings": list(job.warnings),
        "not_counted": list(NOT_COUNTED),
    }


def _summary(job: Job, quotes: MachineQuotes, most_usd: Decimal | None) -> str:
    at_most = "its price is unknown" if most_usd is None else f"at most {most_usd} USD"
    if job.max_attempts > 1:
        at_most += f" in up to {job.max_attempts} attempts"
    if job.price_note:
        at_most += f" ({job.price_note})"
    if is_bounded(job.limits):
        return at_most
    longest_seconds = max(one.limits.longest_seconds for one in quotes)
    return f"no limit set (the maximum of {longest_seconds // 3600} h applies): {at_most}"
