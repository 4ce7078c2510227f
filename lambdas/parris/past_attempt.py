"""One attempt of a run that has ended: on which machine, why it ended, and at what cost."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from parris.payloads import Payload, int_in, maybe_text_in, text_in, texts_in


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An attempt. `number` counts from 1.

    `runtime_seconds` is from the launch to the end of the machine, 0 if none was launched.
    `cost_usd` includes what has outlived the machine, and is None if no price is known.
    `machine_prefix` is where its machine has written results, empty if it has not. `kept` has the
    ids of the resources that are kept for results that could not be verified.
    """

    number: int
    title: str
    reason: str
    cause: str
    ended_at: str
    started_at: str | None = None
    launch_id: str | None = None
    runtime_seconds: int = 0
    cost_usd: str | None = None
    machine_id: str = ""
    machine_prefix: str = ""
    kept: tuple[str, ...] = ()
    keep_until: str | None = None
    kept_usd_per_month: str | None = None

    def to_payload(self) -> Payload:
        """Return the attempt as JSON."""
        return {**dataclasses.asdict(self), "kept": list(self.kept)}

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the attempt that `to_payload` wrote."""
        return cls(
            number=int_in(payload, "number"),
            title=text_in(payload, "title"),
            reason=text_in(payload, "reason"),
            cause=text_in(payload, "cause"),
            ended_at=text_in(payload, "ended_at"),
            started_at=maybe_text_in(payload, "started_at"),
            launch_id=maybe_text_in(payload, "launch_id"),
            runtime_seconds=int_in(payload, "runtime_seconds"),
            cost_usd=maybe_text_in(payload, "cost_usd"),
            machine_id=text_in(payload, "machine_id"),
            machine_prefix=text_in(payload, "machine_prefix"),
            kept=texts_in(payload, "kept"),
            keep_until=maybe_text_in(payload, "keep_until"),
            kept_usd_per_month=maybe_text_in(payload, "kept_usd_per_month"),
        )


def sum_usd(amounts: list[str | None]) -> str | None:
    """Return the sum of amounts in USD, or None if one of them is unknown."""
    known = [Decimal(one) for one in amounts if one is not None]
    return str(sum(known, Decimal(0))) if len(known) == len(amounts) else None
