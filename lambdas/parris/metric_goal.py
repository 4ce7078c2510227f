"""The goal of a metric that ends a job (on-metric), and what its runner decides by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from parris.payloads import finite_number, maybe_int_in, text_in
from parris.reasons import EndReason

if TYPE_CHECKING:
    from parris.payloads import Payload


@dataclass(frozen=True, slots=True)
class MetricGoal:
    """When the values of a metric end a job: at a target, without improvement, or both."""

    metric: str
    is_maximized: bool
    target: float | None
    patience_reports: int | None

    @classmethod
    def from_payload(cls, found: Payload) -> Self | None:
        """Return the goal of a job's `metric_goal`; None if it has none."""
        if not found:
            return None
        return cls(
            text_in(found, "metric"),
            found["direction"] == "maximize",
            finite_number(found.get("target")),
            maybe_int_in(found, "patience-reports"),
        )

    def for_runner(self) -> Payload:
        """Return what job.json says of the goal."""
        return {
            "metric": self.metric,
            "is_maximized": self.is_maximized,
            "target": self.target,
            "patience_reports": self.patience_reports,
        }

    def end_by(self, found: Payload) -> tuple[EndReason, str] | None:
        """Return the end that a runner's decision says, or None if it says none.

        Only an end counts that the job has asked for.
        """
        try:
            value, reports = finite_number(found.get("value")), maybe_int_in(found, "reports")
        except (OverflowError, TypeError, ValueError):
            return None
        reason, has_target = found.get("reason"), self.target is not None
        if reason == EndReason.METRIC_REACHED and has_target and value is not None:
            bound = "at least" if self.is_maximized else "at most"
            goal = f"the goal of {bound} {self.target:g}"
            return EndReason.METRIC_REACHED, f"{self.metric} {value} reached {goal}"
        if reason == EndReason.NO_IMPROVEMENT and self.patience_reports is not None:
            best = "none was a finite number" if value is None else f"the best was {value}"
            cause = (
                f"{self.metric} did not improve in the last {self.patience_reports} of {reports}"
                f" reports; {best}"
            )
            return EndReason.NO_IMPROVEMENT, cause
        return None
