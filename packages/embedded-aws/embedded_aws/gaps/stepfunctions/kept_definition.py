"""A running execution shows the definition that it was started with.

An update of a machine applies to executions that are started later. moto's engine does continue
with the old definition, but DescribeStateMachineForExecution shows the new one.
"""

from typing import Any, cast

from moto.core.responses import ActionResult
from moto.stepfunctions.responses import StepFunctionResponse

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the API."""
    wrap(StepFunctionResponse, "describe_state_machine_for_execution", _make_describe)


def _make_describe(original: Any) -> Any:
    def describe_state_machine_for_execution(self: Any) -> ActionResult:
        execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
        now = cast("dict[str, Any]", original(self).result)
        then = {"definition": execution.state_machine.definition, "roleArn": execution.role_arn}
        return ActionResult({**now, **then})

    return describe_state_machine_for_execution
