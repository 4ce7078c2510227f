"""FinalMetricDataList: the last value of each metric that a job's definitions find in its log."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any


def find_final_metrics(
    request: Mapping[str, Any], lines: Iterable[tuple[datetime, str]]
) -> list[dict[str, Any]]:
    """Return the last value of each metric, in the order of the definitions.

    Args:
        request: the parameters of CreateTrainingJob.
        lines: the log with its times.
    """
    definitions = request["AlgorithmSpecification"].get("MetricDefinitions") or []
    patterns = {one["Name"]: re.compile(one["Regex"]) for one in definitions}
    found: dict[str, dict[str, Any]] = {}
    for timestamp, line in lines:
        for name, pattern in patterns.items():
            value = _value_in(pattern, line)
            if value is not None:
                found[name] = {"MetricName": name, "Value": value, "Timestamp": timestamp}
    return [found[name] for name in patterns if name in found]


def _value_in(pattern: re.Pattern[str], line: str) -> float | None:
    matched = pattern.search(line)
    if matched is None or not pattern.groups:
        return None
    try:
        return float(matched[1])
    except (TypeError, ValueError):
        return None
