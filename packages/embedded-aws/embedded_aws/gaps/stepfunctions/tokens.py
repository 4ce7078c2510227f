"""SendTaskFailure stores its cause, and a late token raises TaskTimedOut.

moto drops the cause, accepts a second response with the same token, and raises InvalidToken for the
token of an ended execution.
"""

from typing import Any

from moto.core.responses import EmptyResult
from moto.stepfunctions.parser.api import TaskTimedOut
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the API and the executing backend."""
    wrap(StepFunctionResponse, "send_task_failure", _make_send_task_failure)
    for name in ("send_task_success", "send_task_failure", "send_task_heartbeat"):
        wrap(StepFunctionsParserBackend, name, _refusing_late_tokens)


def _make_send_task_failure(original: Any) -> Any:
    def send_task_failure(self: Any) -> EmptyResult:
        self.stepfunction_backend.send_task_failure(
            self._get_param("taskToken"),
            error=self._get_param("error"),
            cause=self._get_param("cause"),
        )
        return EmptyResult()

    return send_task_failure


def _refusing_late_tokens(original: Any) -> Any:
    def send(self: Any, task_token: str, *args: Any, **kwargs: Any) -> Any:
        for execution in self._get_executions():
            env = execution.exec_worker.env
            endpoint = env.callback_pool_manager.get(task_token) if env else None
            if endpoint is not None:
                if execution.status != "RUNNING" or endpoint._notify_event.is_set():
                    raise TaskTimedOut("Task Timed Out: 'Provided task does not exist anymore'")
                break
        return original(self, task_token, *args, **kwargs)

    return send
