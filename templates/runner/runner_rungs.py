"""Reports which rungs a trial of a sweep has reached: after how many values of the goal metric.

The controller compares the trials there, and stops those that are not among the best. It reads no
metric lines: the arrival of this file wakes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from runner_live_report import LiveReport
from runner_metrics_file import Row

FILE = "rungs.json"


class Rungs:
    """Counts the values of one metric, and writes the file at each rung.

    Args:
        report: the file.
        rungs: the `metric`, and after how many `reports` of it a rung is reached; None for a job
            that is no such trial.
    """

    def __init__(self, report: LiveReport, rungs: Mapping[str, Any] | None) -> None:
        """Write nothing before the first rung is reached."""
        self._report = report
        self._metric = "" if rungs is None else str(rungs["metric"])
        self._reports = frozenset(() if rungs is None else rungs["reports"])
        self._count = 0
        self._reached: list[dict[str, object]] = []

    def add(self, rows: list[Row]) -> None:
        """Count the values of the metric among these."""
        for row in rows:
            if row["name"] == self._metric:
                self._count += 1
                if self._count in self._reports:
                    self._reach(row)

    def close(self) -> None:
        """Write what has not been written yet."""
        self._report.close()

    def _reach(self, row: Row) -> None:
        """Write all rungs so far: an event that was lost is made up for."""
        reached = {name: row[name] for name in ("value", "step", "at")}
        self._reached.append({"reports": self._count, **reached})
        self._report.put(json.dumps({"metric": self._metric, "rungs": self._reached}))
