"""What the orchestration of a rehearsed job used and costs, for programs and for people."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import TYPE_CHECKING

from embedded_aws.metering.orchestration_cost import OrchestrationCost, orchestration_cost
from embedded_aws.metering.price_sheet import price_sheet
from embedded_aws.metering.usage import Usage
from parris_cli import formatting

if TYPE_CHECKING:
    from parris.payloads import Json, Payload

_SHOWN_USD = Decimal("0.0001")
_SHOWN_PARTS = {
    "state-transition": "transitions",
    "lambda-request": "Lambda",
    "lambda-arm64-gb-second": "Lambda",
    "lambda-x86_64-gb-second": "Lambda",
    "dynamodb-write-unit": "DynamoDB",
    "dynamodb-read-unit": "DynamoDB",
    "log-byte": "logs",
    "s3-put-or-list": "S3",
    "s3-get": "S3",
    "s3-event": "S3",
}


@dataclass(frozen=True, slots=True)
class Orchestration:
    """The usage, its price, and the items whose price was not verified."""

    usage: Usage
    cost: OrchestrationCost
    unverified_items: tuple[str, ...]

    def to_json(self) -> Payload:
        """Return everything; decimals are strings."""
        usage, cost = self.usage, self.cost
        parts: list[Json] = [
            {"item": part.item, "count": str(part.count.normalize()), "usd": str(part.usd)}
            for part in cost.parts
        ]
        return {
            "usd": str(cost.usd),
            "region": "us-east-1",
            "parts": parts,
            "unverified_prices": list(self.unverified_items),
            "state_transitions": usage.state_transitions,
            "history_events": usage.history_events,
            "invocations": {name: count for name, count in sorted(usage.invocations.items())},
            "gb_seconds": {name: str(count) for name, count in usage.gb_seconds.items()},
            "api_calls": dict(usage.api_calls),
            "dynamodb_write_units": usage.write_units,
            "dynamodb_read_units": usage.read_units,
            "log_bytes": usage.log_bytes,
        }

    def summary(self) -> str:
        """Return the cost."""
        return f"{_rounded(self.cost.usd)} USD for the orchestration, estimated"

    def to_text(self) -> str:
        """Return the cost, its largest parts and the counts that it is calculated from."""
        usd: dict[str, Decimal] = {}
        for part in self.cost.parts:
            name = _SHOWN_PARTS[part.item]
            usd[name] = usd.get(name, Decimal(0)) + part.usd
        dearest = sorted(usd.items(), key=lambda one: -one[1])
        parts = ", ".join(f"{name} {_rounded(amount)}" for name, amount in dearest)
        usage = self.usage
        return (
            f"{self.summary()} ({parts}):"
            f" {usage.state_transitions} transitions, {usage.history_events} history events,"
            f" {sum(usage.invocations.values())} function runs,"
            f" {sum(usage.api_calls.values())} API calls"
        )


def price_orchestration(usage: Usage) -> Orchestration:
    """Return a usage with its price."""
    cost, prices = orchestration_cost(usage), price_sheet()
    unverified = [part.item for part in cost.parts if not prices[part.item].is_verified]
    return Orchestration(usage, cost, tuple(unverified))


def _rounded(usd: Decimal) -> str:
    return formatting.money(str(usd.quantize(_SHOWN_USD, rounding=ROUND_UP)))
