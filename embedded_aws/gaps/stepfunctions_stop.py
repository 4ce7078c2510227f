"""StopExecution ends an execution wherever it waits, and keeps error and cause.

On AWS a stopped execution is ABORTED at once, with the error and cause that the caller gave. moto
drops both, leaves an execution that waits for a task token RUNNING for ever, lets one that waits
for a retry wait on, and calls one that is in a Map FAILED.
"""

import threading
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from moto.core.responses import ActionResult
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped, ProgramTimedOut
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.responses import StepFunctionResponse

from embedded_aws.context import ClosedError, current
from embedded_aws.patching import wrap

_retrying = threading.local()


def install() -> None:
    """Patch the API, the environment of an execution and the evaluation of its tasks."""
    wrap(retrier_decl.RetrierDecl, "_eval_body", _make_retry)
    wrap(retrier_decl, "time", _make_time)
    wrap(StepFunctionResponse, "stop_execution", _make_stop_execution)
    wrap(Environment, "set_stop", _make_interrupting)
    wrap(Environment, "set_timed_out", _make_interrupting)
    wrap(Environment, "set_error", _make_set_error)
    wrap(ExecutionState, "_evaluate_with_timeout", _make_evaluate)
    wrap(BaseExecutionWorkerCommunication, "_reflect_execution_status", _make_reflect)


def _make_stop_execution(original: Any) -> Any:
    def stop_execution(self: Any) -> ActionResult:
        execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
        stopped_at = execution.stop_date or datetime.now(UTC)
        while execution.exec_worker.env is None:  # started, but its thread has not come that far
            if current().is_closing.is_set():
                raise ClosedError("the embedded AWS is closing")
            time.sleep(0.001)
        execution.stop(
            stop_date=stopped_at, error=self._get_param("error"), cause=self._get_param("cause")
        )
        return ActionResult({"stopDate": stopped_at})

    return stop_execution


def _make_interrupting(original: Any) -> Any:
    def interrupt(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        for endpoint in list(self.callback_pool_manager._pool.values()):
            endpoint.interrupt_all()

    return interrupt


def _make_set_error(original: Any) -> Any:
    def set_error(self: Any, error: Any) -> None:
        if not _is_cut_short(self):  # what breaks because of the stop is no failure of its own
            original(self, error)

    return set_error


def _make_evaluate(original: Any) -> Any:
    def evaluate_with_timeout(self: Any, env: Any) -> None:
        try:
            original(self, env)
        except Exception:
            if not _is_cut_short(env):
                raise

    return evaluate_with_timeout


def _make_retry(original: Any) -> Any:
    def retry(self: Any, env: Any) -> None:
        _retrying.env = env
        original(self, env)

    return retry


def _make_time(original: Any) -> Any:
    def sleep(seconds: float) -> None:
        _retrying.env.program_state_event.wait(seconds)  # which a stop sets

    return SimpleNamespace(sleep=sleep)


def _make_reflect(original: Any) -> Any:
    def reflect(self: Any) -> None:
        original(self)
        ended_as = self.execution.exec_worker.env.program_state()
        if isinstance(ended_as, ProgramStopped):
            self.execution.error, self.execution.cause = ended_as.error, ended_as.cause

    return reflect


def _is_cut_short(env: Any) -> bool:
    return isinstance(env._program_state, ProgramStopped | ProgramTimedOut)
