"""Deleting a state machine ends its running executions.

AWS ends them at their next transition, runs no Catch, and no longer describes them. moto lets them
run on, and nobody can stop them. Here they end at once.
"""

from datetime import UTC, datetime
from typing import Any

from moto.stepfunctions.models import StepFunctionBackend

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the deletion of a machine."""
    wrap(StepFunctionBackend, "delete_state_machine", _make_delete)


def _make_delete(original: Any) -> Any:
    def delete_state_machine(self: Any, arn: str) -> None:
        machine = next((one for one in self.state_machines if one.arn == arn), None)
        original(self, arn)
        for execution in list(machine.executions) if machine is not None else []:
            worker = getattr(execution, "exec_worker", None)
            if execution.status == "RUNNING" and worker is not None and worker.env is not None:
                execution.stop(
                    stop_date=datetime.now(UTC), error=None, cause="its state machine was deleted"
                )

    return delete_state_machine
