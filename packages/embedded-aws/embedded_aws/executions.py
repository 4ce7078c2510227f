"""Ends the executions that are still running when the embedded AWS stops."""

from datetime import UTC, datetime
from typing import Any

from moto.stepfunctions.parser.models import stepfunctions_parser_backends

STOPPED_CAUSE = "the embedded AWS stopped"


def stop_all_executions() -> None:
    """Abort every running execution, so that no thread of it continues in the next embedded AWS."""
    for _, _, found in stepfunctions_parser_backends.iter_backends():
        backend: Any = found
        for execution in backend._get_executions():
            if execution.status == "RUNNING" and execution.exec_worker.env is not None:
                execution.stop(stop_date=datetime.now(UTC), error=None, cause=STOPPED_CAUSE)
