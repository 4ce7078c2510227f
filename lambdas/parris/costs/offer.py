"""A target's offers for a job: what the job can run on, and at which price."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from parris.costs.cost import affordable_seconds
from parris.costs.rate import Rate
from parris.limits import LONGEST_JOB_SECONDS
from parris.payloads import Payload, int_in, maybe_int_in, part_of, text_in

if TYPE_CHECKING:
    from parris.room import Room
    from parris.validation.violations import Violation


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to launch a job.

    `title` is its name for people. `rate` is None if the price is unknown. `spec` is the target's
    spec of the job with this offer, and `details` is the target's part of the quote. The target
    itself ends each attempt after `longest_seconds`.
    """

    title: str
    rate: Rate | None
    boot_timeout_seconds: int
    spec: Payload = field(default_factory=dict)
    details: Payload = field(default_factory=dict)
    cost_limit_seconds: int | None = None
    longest_seconds: int = LONGEST_JOB_SECONDS

    def within(self, cost_limit_usd: str | None) -> Self:
        """Return the offer with the time that the cost limit lasts at its rate."""
        if self.rate is None or cost_limit_usd is None:
            return self
        seconds = affordable_seconds(self.rate, Decimal(cost_limit_usd))
        return dataclasses.replace(self, cost_limit_seconds=seconds)

    def to_payload(self) -> Payload:
        """Return the offer as JSON."""
        payload: Payload = dataclasses.asdict(self)
        payload["rate"] = None if self.rate is None else self.rate.to_payload()
        return payload

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the offer that `to_payload` wrote."""
        rate = part_of(payload, "rate")
        return cls(
            title=text_in(payload, "title"),
            rate=Rate.from_payload(rate) if rate else None,
            boot_timeout_seconds=int_in(payload, "boot_timeout_seconds"),
            spec=part_of(payload, "spec"),
            details=part_of(payload, "details"),
            cost_limit_seconds=maybe_int_in(payload, "cost_limit_seconds"),
            longest_seconds=maybe_int_in(payload, "longest_seconds") or LONGEST_JOB_SECONDS,
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """A target's proposal for a config: its spec of the job, and offers in order of preference.

    `details` are what a quote says of all offers in the target's terms. `price_note` says why the
    rates are only the most that an hour may cost; it is empty where they are what an hour costs.
    `on_termination` is the config's, or the target's default; `keeps_resources` says that what the
    job ran on is then stopped and kept and billed. There are no offers where `violations` keep the
    target from making any. `room` is for how many such jobs the account has room at the same time,
    None if that is not known.
    """

    offers: tuple[Offer, ...] = ()
    spec: Payload = field(default_factory=dict)
    details: Payload = field(default_factory=dict)
    price_note: str = ""
    on_termination: str = ""
    keeps_resources: bool = False
    violations: tuple[Violation, ...] = ()
    warnings: tuple[str, ...] = ()
    room: Room | None = None
