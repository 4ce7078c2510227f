"""Step Functions sends EventBridge an event when an execution starts and when it ends.

moto never does. Express executions send none, as on AWS.
"""

from typing import Any

from moto.stepfunctions.parser.backend.execution import (
    BaseExecutionWorkerCommunication,
    Execution,
)

from embedded_aws.execution_status import emit_execution_status
from embedded_aws.patching import wrap


def install() -> None:
    """Patch the start and the end of an execution."""
    wrap(Execution, "start", _make_start)
    wrap(BaseExecutionWorkerCommunication, "terminated", _make_terminated)


def _make_start(original: Any) -> Any:
    def start(self: Any) -> None:
        if self.exec_worker is None:
            emit_execution_status(self, "RUNNING")
        original(self)

    return start


def _make_terminated(original: Any) -> Any:
    def terminated(self: Any) -> None:
        original(self)
        emit_execution_status(self.execution)

    return terminated
