"""What a job costs: each part is billed by the second at its rate and rounded up."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import floor
from types import MappingProxyType

from parris.costs.rate import Component, Rate, Unit
from parris.payloads import Payload

NOT_COUNTED = (
    "data transfer",
    "S3 storage and requests",
    "CloudWatch Logs",
    "the orchestration itself",
    "tax",
    "discounts and free tiers",
)
"""What the estimate does not include. The last entry may make the bill smaller."""

_SECONDS_PER_HOUR = Decimal(3600)
_SHOWN_DIGITS = Decimal("0.0001")
_NO_SECONDS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Charge:
    """The cost of one part for its billed seconds; USD are rounded up for display."""

    component: Component
    billed_seconds: int

    @property
    def exact_usd(self) -> Decimal:
        """Return the unrounded cost in USD."""
        return self.component.usd_per_hour * self.billed_seconds / _SECONDS_PER_HOUR

    def to_payload(self) -> Payload:
        """Return the charge as JSON, with amounts as strings."""
        return {
            **self.component.to_payload(),
            "billed_seconds": self.billed_seconds,
            "usd": str(_rounded_up(self.exact_usd)),
        }


def charges_of(
    rate: Rate, runtime_seconds: int, seconds_of_parts: Mapping[str, int] = _NO_SECONDS
) -> tuple[Charge, ...]:
    """Return what each part of a job costs whose machine ran once, for that many seconds.

    Args:
        rate: what an hour costs.
        runtime_seconds: from launch until the machine ended.
        seconds_of_parts: from launch until the end of each part that outlives the machine. Of one
            that is not named the reserve is counted.
    """
    return tuple(
        Charge(one, _billed_seconds_of(one, runtime_seconds, seconds_of_parts))
        for one in rate.components
    )


def billed_seconds(one: Rate | Component, runtime_seconds: int) -> int:
    """Return the billed seconds of one start, which are 0 for a machine that never ran."""
    return 0 if runtime_seconds <= 0 else max(runtime_seconds, one.minimum_seconds)


def spent_usd(
    rate: Rate, runtime_seconds: int, seconds_of_parts: Mapping[str, int] = _NO_SECONDS
) -> Decimal:
    """Return the estimated cost of this runtime in USD, rounded up to 0.0001 USD."""
    charges = charges_of(rate, runtime_seconds, seconds_of_parts)
    return _rounded_up(sum((charge.exact_usd for charge in charges), Decimal(0)))


def affordable_seconds(rate: Rate, cost_limit_usd: Decimal, saved_usd: Decimal = Decimal(0)) -> int:
    """Return the longest runtime in whole seconds whose cost, rounded up, is within the limit.

    Return 0 if the limit is below the minimum charge (`least_usd`).

    Args:
        rate: the hourly rate.
        cost_limit_usd: the limit.
        saved_usd: how much less than its rate the job has cost so far.
    """
    from fractions import Fraction  # imported here: most checks do not need it

    # Costs have four decimals, so further decimals of a limit can never be spent.
    spendable_usd = cost_limit_usd.quantize(_SHOWN_DIGITS, rounding=ROUND_FLOOR)
    left_usd = Fraction(spendable_usd + saved_usd - _reserve_usd(rate))
    seconds = floor(left_usd * 3600 / Fraction(rate.usd_per_hour))
    return seconds if seconds >= rate.minimum_seconds else 0


def least_usd(rate: Rate) -> Decimal:
    """Return the minimum charge in USD, however soon the job ends."""
    return spent_usd(rate, 1)


def reserve_usd(rate: Rate) -> Decimal:
    """Return what the parts that outlive the machine are assumed to cost after its end, in USD."""
    return _rounded_up(_reserve_usd(rate))


def kept_usd_per_month(rate: Rate | None) -> Decimal | None:
    """Return the monthly cost of kept storage in USD, or None if it is unknown."""
    kept = [
        one
        for one in ([] if rate is None else rate.components)
        if one.reserve_seconds and one.unit is Unit.GIB_MONTH
    ]
    if not kept:
        return None
    return _rounded_up(sum((one.usd_per_unit * one.quantity for one in kept), Decimal(0)))


def cost_basis(
    rate: Rate | None, runtime_seconds: int, seconds_of_parts: Mapping[str, int] = _NO_SECONDS
) -> Payload:
    """Return the basis of a cost: rates, sources, times, and the charge of each part."""
    if rate is None:
        return {"source": "unknown price"}
    charges = charges_of(rate, runtime_seconds, seconds_of_parts)
    return {
        **rate.to_payload(),
        "billed_seconds": billed_seconds(rate, runtime_seconds),
        "components": [charge.to_payload() for charge in charges],
        "not_counted": list(NOT_COUNTED),
    }


def _billed_seconds_of(
    one: Component, runtime_seconds: int, seconds_of_parts: Mapping[str, int]
) -> int:
    seconds = billed_seconds(one, runtime_seconds)
    if not seconds:
        return 0
    if not one.reserve_seconds or one.part not in seconds_of_parts:
        return seconds + one.reserve_seconds
    return max(seconds, seconds_of_parts[one.part])


def _reserve_usd(rate: Rate) -> Decimal:
    charges = (Charge(one, one.reserve_seconds) for one in rate.components)
    return sum((one.exact_usd for one in charges), Decimal(0))


def _rounded_up(usd: Decimal) -> Decimal:
    return usd.quantize(_SHOWN_DIGITS, rounding=ROUND_CEILING)
