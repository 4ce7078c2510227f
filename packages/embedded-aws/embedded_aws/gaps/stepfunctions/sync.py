"""A state that waits for an execution (`.sync`) continues when that execution ends.

On AWS an event of Step Functions ends the wait. moto polls twice a second, and the longer a child
runs, the later would rarer polls see its end.
"""

import threading
from typing import Any, cast

from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback,
    state_task_service_sfn,
)
from moto.stepfunctions.parser.backend.execution import (
    BaseExecutionWorkerCommunication,
    Execution,
)

from embedded_aws.context import current
from embedded_aws.gaps.stepfunctions.abandoned_tasks import awaited
from embedded_aws.patching import wrap

_SERVICE = "ends_of_executions"
_waiting = threading.local()


def install() -> None:
    """Patch how such a state waits, and what an execution does when it has ended."""
    for name in ("_build_sync_resolver", "_build_sync2_resolver"):
        wrap(state_task_service_sfn.StateTaskServiceSfn, name, _make_build_resolver)
    wrap(state_task_service_callback.StateTaskServiceCallback, "_eval_sync", _make_eval_sync)
    wrap(BaseExecutionWorkerCommunication, "_reflect_execution_status", _make_reflect)
    wrap(Execution, "stop", _make_stop)


def await_end(seconds: float) -> bool:
    """Wait for the end of the execution that this thread's state waits for.

    Returns:
        False if it waits for none.
    """
    event: threading.Event | None = getattr(_waiting, "event", None)
    if event is None:
        return False
    event.wait(seconds)
    event.clear()
    return True


def _make_build_resolver(original: Any) -> Any:
    def build_resolver(self: Any, env: Any, *args: Any, **named: Any) -> Any:
        event = current().clock.make_event()
        # A stop of the waiting execution sets it, too.
        awaited(env).append(event)
        _events_of(env.stack[-1]["ExecutionArn"]).append(event)
        _waiting.event = event
        return original(self, env, *args, **named)

    return build_resolver


def _make_eval_sync(original: Any) -> Any:
    def eval_sync(self: Any, env: Any, *args: Any, **named: Any) -> Any:
        try:
            return original(self, env, *args, **named)
        finally:
            _waiting.event = None

    return eval_sync


def _make_reflect(original: Any) -> Any:
    def reflect(self: Any) -> None:
        original(self)
        _notify(self.execution)

    return reflect


def _make_stop(original: Any) -> Any:
    def stop(self: Any, *args: Any, **named: Any) -> None:
        original(self, *args, **named)
        _notify(self)

    return stop


def _notify(execution: Any) -> None:
    for event in _ends().pop(execution.exec_arn, []):
        event.set()


def _events_of(execution_arn: str) -> list[threading.Event]:
    return _ends().setdefault(execution_arn, [])


def _ends() -> dict[str, list[threading.Event]]:
    return cast("dict[str, list[threading.Event]]", current().services.setdefault(_SERVICE, {}))
