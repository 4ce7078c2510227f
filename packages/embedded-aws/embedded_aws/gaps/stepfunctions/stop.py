"""StopExecution ends an execution in any state, at once, and stores error and cause.

On AWS a stopped execution is ABORTED when StopExecution returns, with the caller's error and cause,
and with no later event in its history. moto drops both, returns before the execution's thread has
ended, ignores a stop before the first state, leaves an execution that waits for a task token
RUNNING for ever, does not end the wait before a retry, and reports FAILED for an execution in a
Map.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from moto.core.responses import ActionResult
from moto.stepfunctions.parser.api import (
    ExecutionAbortedEventDetails,
    ExecutionStatus,
    HistoryEventType,
)
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped, ProgramTimedOut
from moto.stepfunctions.parser.backend.execution import (
    BaseExecutionWorkerCommunication,
    Execution,
)
from moto.stepfunctions.responses import StepFunctionResponse

from embedded_aws.context import ClosedError, current
from embedded_aws.patching import wrap

_retrying = threading.local()


def install() -> None:
    """Patch the API, the environment of an execution and the evaluation of its tasks."""
    wrap(retrier_decl.RetrierDecl, "_eval_body", _make_retry)
    wrap(retrier_decl, "time", _make_time)
    wrap(StepFunctionResponse, "stop_execution", _make_stop_execution)
    wrap(Execution, "stop", _make_stop)
    wrap(Environment, "set_stop", _make_interrupting)
    wrap(Environment, "set_timed_out", _make_interrupting)
    wrap(Environment, "set_timed_out", _make_unless_cut_short)
    wrap(Environment, "set_error", _make_unless_cut_short)
    wrap(ExecutionState, "_evaluate_with_timeout", _make_evaluate)
    wrap(BaseExecutionWorkerCommunication, "_reflect_execution_status", _make_reflect)


def _make_stop_execution(original: Any) -> Any:
    def stop_execution(self: Any) -> ActionResult:
        execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
        if _is_running(execution):
            _await(lambda: _has_begun(execution))
            execution.stop(
                stop_date=datetime.now(UTC),
                error=self._get_param("error"),
                cause=self._get_param("cause"),
            )
            # An execution that has just ended by itself is about to record that.
            _await(lambda: not _is_running(execution))
        return ActionResult({"stopDate": execution.stop_date})

    return stop_execution


def _is_running(execution: Any) -> bool:
    return bool(execution.exec_status == ExecutionStatus.RUNNING)


def _has_begun(execution: Any) -> bool:
    """Return whether its thread has reached the first state; earlier stops are ignored."""
    env = execution.exec_worker.env
    return env is not None and env._program_state is not None


def _await(condition: Callable[[], bool]) -> None:
    """Wait for the next step of an engine thread, independently of its tasks and of the clock."""
    while not condition():
        if current().is_closing.is_set():
            raise ClosedError("the embedded AWS is closing")
        time.sleep(0.001)


def _make_stop(original: Any) -> Any:
    def stop(self: Any, stop_date: datetime, error: str | None, cause: str | None) -> None:
        env = self.exec_worker.env
        with env._state_mutex:
            was_running = env.is_running()
            original(self, stop_date=stop_date, error=error, cause=cause)
            if was_running:
                _end_history(env, error, cause)
                self.stop_date, self.error, self.cause = stop_date, error, cause
                self.exec_status = ExecutionStatus.ABORTED

    return stop


def _end_history(env: Any, error: str | None, cause: str | None) -> None:
    env.event_history_context.source_event_id = 0
    env.event_manager.add_event(
        context=env.event_history_context,
        event_type=HistoryEventType.ExecutionAborted,
        event_details=EventDetails(  # type: ignore[typeddict-item]
            executionAbortedEventDetails=ExecutionAbortedEventDetails(error=error, cause=cause)
        ),
    )


def _make_interrupting(original: Any) -> Any:
    def interrupt(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        for endpoint in list(self.callback_pool_manager._pool.values()):
            endpoint.interrupt_all()

    return interrupt


def _make_unless_cut_short(original: Any) -> Any:
    def set_verdict(self: Any, *args: Any, **kwargs: Any) -> None:
        with self._state_mutex:
            # An error that the stop causes is not a failure.
            if not _is_cut_short(self):
                original(self, *args, **kwargs)

    return set_verdict


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
        _retrying.env.program_state_event.wait(seconds)  # set by a stop

    return SimpleNamespace(sleep=sleep)


def _make_reflect(original: Any) -> Any:
    def reflect(self: Any) -> None:
        env = self.execution.exec_worker.env
        with env._state_mutex:  # held by a stop until it is recorded
            if isinstance(env._program_state, ProgramStopped):
                return
        original(self)

    return reflect


def _is_cut_short(env: Any) -> bool:
    return isinstance(env._program_state, ProgramStopped | ProgramTimedOut)
