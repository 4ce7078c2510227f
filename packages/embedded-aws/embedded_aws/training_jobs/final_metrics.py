"""FinalMetricDataList: the last value of each metric that a job's definitions find in its log."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any


class FinalMetrics:
    """Reads the lines of a job's logs.

    Args:
        request: the parameters of CreateTrainingJob.
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        """Begin with no values."""
        definitions = request["AlgorithmSpecification"].get("MetricDefinitions") or []
        self._patterns = {one["Name"]: re.compile(one["Regex"]) for one in definitions}
        self._found: dict[str, dict[str, Any]] = {}

    def read_line(self, line: str, timestamp: datetime) -> None:
        """Note the values in a line."""
        for name, pattern in self._patterns.items():
            value = _value_in(pattern, line)
            if value is not None:
                self._found[name] = {"MetricName": name, "Value": value, "Timestamp": timestamp}

    def values(self) -> list[dict[str, Any]]:
        """Return the last value of each metric, in the order of the definitions."""
        return [self._found[name] for name in self._patterns if name in self._found]


def _value_in(pattern: re.Pattern[str], line: str) -> float | None:
    matched = pattern.search(line)
    if matched is None or not pattern.groups:
        return None
    try:
        return float(matched[1])
    except (TypeError, ValueError):
        return None
