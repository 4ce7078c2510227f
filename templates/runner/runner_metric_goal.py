"""Decides by the values of a metric that the job ends: its goal is reached, or it stays as it is.

The simulation of a machine uses this file, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_REACHED, _NO_IMPROVEMENT = "METRIC_REACHED", "NO_IMPROVEMENT"


class MetricGoal:
    """Compares the values of one metric, and decides at the first reason to end the job.

    Args:
        decide: makes the decision, of which the first counts.
        goal: the `metric`, whether it `is_maximized`, and a `target`, `patience_reports` or both;
            None for a job without such a goal.
    """

    def __init__(self, decide: Callable[..., None], goal: Mapping[str, Any] | None) -> None:
        """Decide nothing yet."""
        self._decide = decide
        self._goal = goal
        self._count = 0
        self._best: float | None = None
        self._count_at_best = 0

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Compare the values of the metric among these."""
        for row in rows:
            if self._goal is not None and row["name"] == self._goal["metric"]:
                self._compare(self._goal, row["value"])

    def _compare(self, goal: Mapping[str, Any], value: object) -> None:
        self._count += 1
        # A text stands for a number that is not finite, which improves nothing.
        if isinstance(value, float) and self._is_better(value, self._best):
            self._best, self._count_at_best = value, self._count
            if goal["target"] is not None and not self._is_better(goal["target"], value):
                self._end(_REACHED)
        patience = goal["patience_reports"]
        if patience is not None and self._count - self._count_at_best >= patience:
            self._end(_NO_IMPROVEMENT)

    def _is_better(self, value: float, other: float | None) -> bool:
        if other is None:
            return True
        is_maximized = self._goal is not None and self._goal["is_maximized"]
        return value > other if is_maximized else value < other

    def _end(self, reason: str) -> None:
        self._decide(reason, value=self._best, reports=self._count)
