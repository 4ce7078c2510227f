"""State transitions, as Step Functions bills them for a Standard workflow.

Each entered state is one, each retry is one more, and the start is counted as one: the last is a
common reading of bills that AWS does not document, and errs on the expensive side. Source:
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
