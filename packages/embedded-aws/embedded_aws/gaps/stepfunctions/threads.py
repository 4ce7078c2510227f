"""The engine's threads belong to the embedded AWS that started them, and end with it.

AWS has no such end. moto's threads run as long as the process, so an execution of one embedded AWS
could call the next one. And if a stop comes while a branch is starting, that branch fails without
notifying its state, which then waits for ever.
"""

from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.parser.asl.component.program import program
from moto.stepfunctions.parser.asl.component.state.exec import execute_state
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import (
    inline_iteration_component,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel import branch_worker
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback,
)
from moto.stepfunctions.parser.backend import execution_worker

from embedded_aws.context import Worker
from embedded_aws.patching import wrap


def install() -> None:
    """Patch the modules that start threads."""
    for module in (execute_state, execution_worker):
        wrap(module, "Thread", _make_thread)
    for module in (
        program,
        inline_iteration_component,
        branch_worker,
        state_task_service_callback,
    ):
        wrap(module, "threading", _make_threading)
    wrap(branch_worker.BranchWorker, "_thread_routine", _make_routine)


def _make_thread(original: Any) -> Any:
    return Worker


def _make_threading(original: Any) -> Any:
    return SimpleNamespace(**{**vars(original), "Thread": Worker})


def _make_routine(original: Any) -> Any:
    def thread_routine(self: Any) -> None:
        try:
            original(self)
        except Exception:
            if self.env.is_running():
                raise
            self._branch_worker_comm.on_terminated(env=self.env)

    return thread_routine
