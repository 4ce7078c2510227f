"""What one run of a trial can cost at most, and how long it can last: what is reserved for it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from parris.costs.cost import kept_usd_per_month
from parris.costs.rate import SHORTEST_MONTH_HOURS, Rate
from parris.payloads import int_in, maybe_text_in, part_of, parts_in

if TYPE_CHECKING:
    from parris.payloads import Payload

_CENT_OF_A_CENT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class WorstCase:
    """The reservation of one run. `usd` is None if a price is unknown."""

    usd: Decimal | None
    seconds: int


def worst_case_of(quote: Payload, keep_unverified_days: int) -> WorstCase:
    """Return the worst case of a job: all of its attempts, saving, and what is kept for a while.

    If the results of an attempt cannot be verified, its storage is kept for some days.

    Args:
        quote: of the job.
        keep_unverified_days: how long the deployment keeps such storage.
    """
    machines = parts_in(quote, "machines")
    seconds = max(
        min(int_in(one, "gone_by_seconds") for one in parts_in(machine, "limits"))
        for machine in machines
    )
    most_usd = maybe_text_in(quote, "most_usd")
    if most_usd is None:
        return WorstCase(None, seconds)
    rates = [Rate.from_payload(part_of(machine, "rate")) for machine in machines]
    kept_usd = max(kept_usd_per_month(rate) or Decimal(0) for rate in rates)
    days_of_month = Decimal(SHORTEST_MONTH_HOURS) / 24
    kept_usd *= int_in(quote, "max_attempts") * keep_unverified_days / days_of_month
    return WorstCase(Decimal(most_usd) + _rounded_up(kept_usd), seconds)


def _rounded_up(usd: Decimal) -> Decimal:
    return usd.quantize(_CENT_OF_A_CENT, rounding=ROUND_CEILING)
