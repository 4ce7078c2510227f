"""The cost of the orchestration itself, item by item: an estimate without free tiers."""

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from embedded_aws.metering.price_sheet import price_sheet
from embedded_aws.metering.usage import Usage

_SMALLEST_USD = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the bill: the count of an item of the price sheet, and its USD, rounded up."""

    item: str
    count: Decimal
    usd: Decimal


@dataclass(frozen=True, slots=True)
class OrchestrationCost:
    """The bill. `usd` is the sum of its parts."""

    usd: Decimal
    parts: tuple[Part, ...]


def orchestration_cost(usage: Usage) -> OrchestrationCost:
    """Return the cost of a usage according to the price sheet."""
    counts: dict[str, Decimal | int] = {
        "state-transition": usage.state_transitions,
        "lambda-request": sum(usage.invocations.values()),
        **{f"lambda-{arch}-gb-second": count for arch, count in usage.gb_seconds.items()},
        "dynamodb-write-unit": usage.write_units,
        "dynamodb-read-unit": usage.read_units,
        "log-byte": usage.log_bytes,
        "s3-put-or-list": usage.dear_s3_requests,
        "s3-get": usage.other_s3_requests,
        "s3-event": usage.object_events,
    }
    parts = tuple(_part(item, Decimal(count)) for item, count in counts.items() if count)
    return OrchestrationCost(sum((part.usd for part in parts), Decimal(0)), parts)


def _part(item: str, count: Decimal) -> Part:
    usd = price_sheet()[item].usd_for(count)
    return Part(item, count, usd.quantize(_SMALLEST_USD, rounding=ROUND_UP))
