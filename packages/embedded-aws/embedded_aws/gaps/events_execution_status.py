"""Step Functions tells EventBridge when an execution starts and how it ends.

moto never does. Express executions tell nothing, on AWS neither.
"""

import json
from datetime import datetime
from typing import Any

from moto.stepfunctions.parser.backend.execution import (
    BaseExecutionWorkerCommunication,
    Execution,
)

from embedded_aws.emit_event import emit_event
from embedded_aws.patching import wrap

# Above this, input and output together, AWS leaves the input out, and then the output.
MOST_DATA_BYTES = 248 * 1024
_EXPRESS = "EXPRESS"


def install() -> None:
    """Patch the start and the end of an execution."""
    wrap(Execution, "start", _make_start)
    wrap(BaseExecutionWorkerCommunication, "terminated", _make_terminated)


def emit_execution_status(execution: Any) -> None:
    """Send the event that Step Functions sends, with the status that the execution has now."""
    if execution.sm_type == _EXPRESS:
        return
    emit_event(
        "aws.states",
        "Step Functions Execution Status Change",
        execution.exec_arn,
        _detail(execution, execution.status),
    )


def _make_start(original: Any) -> Any:
    def start(self: Any) -> None:
        if self.sm_type != _EXPRESS and self.exec_worker is None:
            emit_event(
                "aws.states",
                "Step Functions Execution Status Change",
                self.exec_arn,
                _detail(self, "RUNNING"),
            )
        original(self)

    return start


def _make_terminated(original: Any) -> Any:
    def terminated(self: Any) -> None:
        original(self)
        emit_execution_status(self.execution)

    return terminated


def _detail(execution: Any, status: str) -> dict[str, Any]:
    is_over = status == "SUCCEEDED"
    given = json.dumps(execution.input_data, separators=(",", ":"))
    made = _as_text(execution.output) if is_over else None
    made_bytes = len((made or "").encode())
    has_input = len(given.encode()) + made_bytes <= MOST_DATA_BYTES
    has_output = made_bytes <= MOST_DATA_BYTES
    return {
        "executionArn": execution.exec_arn,
        "stateMachineArn": execution.state_machine.arn,
        "name": execution.name,
        "status": status,
        "startDate": _milliseconds(execution.start_date),
        "stopDate": None if status == "RUNNING" else _milliseconds(execution.stop_date),
        "input": given if has_input else None,
        "inputDetails": {"included": has_input},
        "output": made if has_output else None,
        "outputDetails": {"included": has_output} if is_over else None,
        "error": execution.error,
        "cause": execution.cause,
    }


def _as_text(output: Any) -> str:
    return output if isinstance(output, str) else json.dumps(output)


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
