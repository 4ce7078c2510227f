"""The EventBridge event at the start and the end of an execution, which moto never sends."""

import json
from datetime import datetime
from typing import Any

from embedded_aws.emit_event import emit_event

# If input and output together are longer, AWS omits the input, and then the output.
MOST_DATA_BYTES = 248 * 1024
_EXPRESS = "EXPRESS"


def emit_execution_status(execution: Any, status: str = "") -> None:
    """Send the event that Step Functions sends; Express executions send none.

    Args:
        execution: moto's model of the execution.
        status: its present status if not given.
    """
    if execution.sm_type == _EXPRESS:
        return
    emit_event(
        "aws.states",
        "Step Functions Execution Status Change",
        execution.exec_arn,
        _detail(execution, status or execution.status),
    )


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


def _milliseconds(timestamp: datetime) -> int:
    return round(timestamp.timestamp() * 1000)
