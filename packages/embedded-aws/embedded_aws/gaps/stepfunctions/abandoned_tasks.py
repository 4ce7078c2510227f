"""A task that nothing waits for any more neither delays its execution nor adds to its history.

On AWS an execution that is stopped or times out ends at once, and so does a task that times out; a
later response of the function is discarded. moto lets a stopped execution wait for the function's
response, and adds the late `TaskSucceeded` of a timed-out task to the history, even after the
execution's own end.
"""

import threading
from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec import execute_state
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service,
    state_task_service_callback,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment

from embedded_aws.context import current
from embedded_aws.patching import wrap

_evaluating = threading.local()


class TaskAbandonedError(Exception):
    """The task's response came after its state had ended."""


def install() -> None:
    """Patch how a state waits for its task, and what a task does when it has finished."""
    wrap(execute_state, "threading", _make_threading)
    wrap(execute_state.ExecutionState, "_evaluate_with_timeout", _make_evaluate)
    for name in ("set_stop", "set_timed_out"):
        wrap(Environment, name, _make_releasing)
    for owner in (
        state_task_service.StateTaskService,
        state_task_service_callback.StateTaskServiceCallback,
    ):
        wrap(owner, "_after_eval_execution", _make_after)


def _make_threading(original: Any) -> Any:
    def make_event() -> threading.Event:
        event = current().clock.make_event()
        awaited(_evaluating.env).append(event)
        return event

    return SimpleNamespace(Event=make_event)


def _make_evaluate(original: Any) -> Any:
    def evaluate_with_timeout(self: Any, env: Any) -> None:
        _evaluating.env = env
        try:
            original(self, env)
        finally:
            awaited(env).clear()

    return evaluate_with_timeout


def _make_releasing(original: Any) -> Any:
    def release(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        for event in list(awaited(self)):
            event.set()

    return release


def awaited(env: Any) -> list[threading.Event]:
    """Return the events that an execution's stop or timeout sets, for its state to end."""
    events: list[threading.Event] = env.__dict__.setdefault("_awaited_events", [])
    return events


def _make_after(original: Any) -> Any:
    def after_eval_execution(self: Any, env: Any, *args: Any, **kwargs: Any) -> None:
        if not env.is_running():
            raise TaskAbandonedError(self.name)
        original(self, env, *args, **kwargs)

    return after_eval_execution
