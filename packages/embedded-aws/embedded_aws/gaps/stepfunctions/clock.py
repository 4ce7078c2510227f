"""Executions wait by the clock of the embedded AWS: Wait, retries, timeouts, tokens, heartbeats.

moto waits by the machine's time. While a state waits for a child (`.sync`), moto polls twice a
second; here the interval grows, as in AWS's own polling.
"""

import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import job
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel import branches_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
    WaitFunction,
)
from moto.stepfunctions.parser.asl.eval import environment
from moto.stepfunctions.parser.asl.eval.callback import callback

from embedded_aws.context import current
from embedded_aws.gaps.stepfunctions.sync import await_end
from embedded_aws.patching import wrap

# The interval is a twentieth of the child's time so far, up to this many seconds.
_RAREST_LOOK_SECONDS = 15 * 60.0
_LOOK_SHARE = 0.05

_looking = threading.local()


def install() -> None:
    """Patch the modules that make events, the Wait state, and the waiting for a child."""
    for module in (environment, job, branches_decl):
        wrap(module, "threading", _make_threading)
    wrap(callback, "Event", _make_event)
    wrap(WaitFunction, "_wait_interval", _make_wait_interval)
    wrap(state_task_service_callback, "time", _make_time)
    wrap(state_task_service_callback.StateTaskServiceCallback, "_eval_sync", _make_eval_sync)


def _new_event() -> threading.Event:
    return current().clock.make_event()


def _make_threading(original: Any) -> Any:
    return SimpleNamespace(**{**vars(original), "Event": _new_event})


def _make_event(original: Any) -> Any:
    return _new_event


def _make_wait_interval(original: Any) -> Any:
    def wait_interval(self: Any, env: Any, wait_seconds: float) -> None:
        clock = current().clock
        ends_at = clock.now() + timedelta(seconds=wait_seconds)
        while env.is_running() and clock.now() < ends_at:
            env.program_state_event.wait((ends_at - clock.now()).total_seconds())

    return wait_interval


def _make_eval_sync(original: Any) -> Any:
    def eval_sync(self: Any, env: Any, *args: Any, **named: Any) -> Any:
        _looking.env, _looking.began_at = env, current().clock.now()
        return original(self, env, *args, **named)

    return eval_sync


def _make_time(original: Any) -> Any:
    def sleep(seconds: float) -> None:
        # An execution wakes the state that waits for it.
        if await_end(_RAREST_LOOK_SECONDS):
            return
        waited_seconds = (current().clock.now() - _looking.began_at).total_seconds()
        rarest = max(seconds, min(waited_seconds * _LOOK_SHARE, _RAREST_LOOK_SECONDS))
        _looking.env.program_state_event.wait(rarest)

    return SimpleNamespace(sleep=sleep)
