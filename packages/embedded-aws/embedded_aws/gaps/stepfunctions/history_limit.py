"""An execution fails with its 25,000th history event, which records that failure.

On AWS it is `States.Runtime`, which nothing in the machine can catch; moto has no limit.
Source: https://docs.aws.amazon.com/step-functions/latest/dg/bp-history-limit.html; the last two
events as recorded in https://github.com/floci-io/floci/issues/2734.
"""

from typing import Any

from moto.stepfunctions.parser.api import ExecutionFailedEventDetails
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

from embedded_aws.patching import wrap

MOST_HISTORY_EVENTS = 25_000
_CAUSE = f"The execution reached the maximum number of history events ({MOST_HISTORY_EVENTS})."


class HistoryFullError(Exception):
    """Only the execution's end still fits into the history."""


def install() -> None:
    """Patch how events are added, and the verdict of an execution whose history is full."""
    wrap(EventManager, "add_event", _make_add_event)
    wrap(Environment, "set_error", _make_set_error)


def _make_add_event(original: Any) -> Any:
    def add_event(self: Any, context: Any, event_type: Any, *args: Any, **kwargs: Any) -> int:
        if _is_full(self) and not str(event_type.value).startswith("Execution"):
            raise HistoryFullError(_CAUSE)
        event_id: int = original(self, context, event_type, *args, **kwargs)
        return event_id

    return add_event


def _make_set_error(original: Any) -> Any:
    def set_error(self: Any, error: Any) -> None:
        if _is_full(self.event_manager):
            error = ExecutionFailedEventDetails(error="States.Runtime", cause=_CAUSE)
        original(self, error)

    return set_error


def _is_full(events: Any) -> bool:
    return len(events._history_event_list) >= MOST_HISTORY_EVENTS - 1
