"""State transitions, as Step Functions bills a Standard workflow for them.

Each state that is entered is one, each retry is one more, and the start is counted as one: that
last is the common reading of a bill, not documented, and errs on the dear side. Source:
https://aws.amazon.com/step-functions/pricing/
"""

from collections.abc import Iterable, Mapping
from typing import Any

_ENTERED = "StateEntered"
_TASK_ENTERED = "TaskStateEntered"
_SCHEDULED = frozenset({"TaskScheduled", "LambdaFunctionScheduled", "ActivityScheduled"})
_STARTED = "ExecutionStarted"


def count_transitions(history: Iterable[Mapping[str, Any]]) -> int:
    """Return the billed state transitions of an execution, given all events of its history."""
    kinds = [str(event["type"]) for event in history]
    entered = sum(kind.endswith(_ENTERED) for kind in kinds)
    tries = sum(kind in _SCHEDULED for kind in kinds)
    retries = max(0, tries - kinds.count(_TASK_ENTERED))
    return kinds.count(_STARTED) + entered + retries
