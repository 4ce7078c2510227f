"""DescribeExecution and ListExecutions show when a timed-out execution ended; output is JSON.

moto omits `stopDate` of TIMED_OUT executions, shows it before their last history event exists,
writes a string output without its quotes, and cannot write an output that contains a date. It also
adds events of a stopped Map's or Parallel's branches after the end.
"""

import time
from typing import Any

from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.responses import StepFunctionResponse

from embedded_aws.patching import wrap

_LAST_EVENT_WITHIN_SECONDS = 5.0


def install() -> None:
    """Patch the API and what an execution stores when it ends."""
    wrap(StepFunctionResponse, "describe_execution", _make_describe_execution)
    wrap(StepFunctionResponse, "list_executions", _make_list_executions)
    wrap(BaseExecutionWorkerCommunication, "_reflect_execution_status", _make_reflect)
    wrap(EventManager, "_publish_history_event", _make_publish)


def _make_describe_execution(original: Any) -> Any:
    def describe_execution(self: Any) -> Any:
        answer: Any = original(self)
        execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
        _add_stop_date(answer._result, execution)
        return answer

    return describe_execution


def _make_list_executions(original: Any) -> Any:
    def list_executions(self: Any) -> Any:
        answer: Any = original(self)
        for row in answer._result["executions"]:
            _add_stop_date(row, self.stepfunction_backend.describe_execution(row["executionArn"]))
        return answer

    return list_executions


def _add_stop_date(row: dict[str, Any], execution: Any) -> None:
    if row["status"] == ExecutionStatus.TIMED_OUT.value:
        row["stopDate"] = execution.stop_date


def _make_reflect(original: Any) -> Any:
    def reflect(self: Any) -> None:
        env = self.execution.exec_worker.env
        _await_last_event(env)
        original(self)
        if self.execution.output is not None:
            self.execution.output = to_json_str(self.execution.output, separators=(",", ":"))

    return reflect


def _await_last_event(env: Any) -> None:
    # On a timeout, the engine's own thread writes the last event shortly after the verdict.
    give_up_at = time.monotonic() + _LAST_EVENT_WITHIN_SECONDS
    while time.monotonic() < give_up_at:
        if _is_over(env.event_manager.get_event_history()):
            return
        time.sleep(0.005)


def _make_publish(original: Any) -> Any:
    def publish_history_event(self: Any, **event: Any) -> None:
        if not _is_over(self._history_event_list):
            original(self, **event)

    return publish_history_event


def _is_over(history: list[Any]) -> bool:
    last: str = history[-1]["type"] if history else ""
    return last.startswith("Execution") and last != "ExecutionStarted"
