"""GetExecutionHistory honours maxResults, nextToken and reverseOrder.

moto returns the whole history every time, oldest first.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.stepfunctions.responses import StepFunctionResponse

from embedded_aws.patching import wrap

DEFAULT_PAGE_EVENTS = 100
LARGEST_PAGE_EVENTS = 1000


def install() -> None:
    """Patch the API."""
    wrap(StepFunctionResponse, "get_execution_history", _make_get_execution_history)


def _make_get_execution_history(original: Any) -> Any:
    def get_execution_history(self: Any) -> ActionResult:
        execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
        events = list(execution.to_history_output()["events"])
        if self._get_param("reverseOrder"):
            events.reverse()
        asked = int(self._get_param("maxResults") or DEFAULT_PAGE_EVENTS)
        start = int(self._get_param("nextToken") or 0)
        end = start + min(asked, LARGEST_PAGE_EVENTS)
        page: dict[str, Any] = {"events": events[start:end]}
        if end < len(events):
            page["nextToken"] = str(end)
        return ActionResult(page)

    return get_execution_history
