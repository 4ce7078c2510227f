"""How a run of a trial ended and what it cost, once its end is confirmed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal

from parris.payloads import Payload, finite_number, part_of
from parris.sweeps.trial import TrialStatus


@dataclass(frozen=True, slots=True)
class Settlement:
    """The end of a run. `spent_usd` includes what outlives the machine, until its expiry."""

    status: TrialStatus
    spent_usd: Decimal
    runtime_seconds: int = 0
    reason: str | None = None
    cause: str | None = None
    value: float | None = None
    started_at: str | None = None
    ended_at: str | None = None
    metrics: Payload = field(default_factory=dict)
    results_uri: str | None = None
    record_uri: str | None = None

    def texts(self) -> dict[str, str]:
        """Return what is recorded as text, by name."""
        found = {
            "reason": self.reason,
            "cause": self.cause,
            "value": None if self.value is None else repr(self.value),
            "started_at": self.started_at,
            "ended_at": self.ended_at,
            "metrics": json.dumps(self.metrics) if self.metrics else None,
            "results_uri": self.results_uri,
            "record_uri": self.record_uri,
        }
        return {name: text for name, text in found.items() if text is not None}


def goal_value(metrics: Payload, metric: str) -> float | None:
    """Return the last value of the goal metric, None if there is none or it is not finite.

    Args:
        metrics: the metrics of a run record: names to `value`, `step` and `at`.
        metric: the name of the goal metric.
    """
    return finite_number(part_of(metrics, metric).get("value"))
