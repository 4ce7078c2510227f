"""Whether a job gets another attempt after one that has failed."""

from collections.abc import Mapping
from typing import Any

_KEYS = ("onStatusReason", "onReason", "onExitCode")


def has_retry(strategy: Mapping[str, Any], attempt: Mapping[str, Any], number: int) -> bool:
    """Return whether Batch tries again.

    Args:
        strategy: the job's retry strategy.
        attempt: the attempt as DescribeJobs shows it.
        number: how many attempts there were.
    """
    if number >= int(strategy.get("attempts", 1)):
        return False
    container = attempt["container"]
    found = {
        "onStatusReason": str(attempt.get("statusReason", "")),
        "onReason": str(container.get("reason", "")),
        "onExitCode": str(container.get("exitCode", "")),
    }
    for rule in strategy.get("evaluateOnExit") or []:
        if all(_matches(found[key], str(rule[key])) for key in _KEYS if key in rule):
            return str(rule["action"]).upper() == "RETRY"
    return True


def _matches(text: str, pattern: str) -> bool:
    """Return whether a text matches; `*` has a meaning only at the end of a pattern."""
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern
