"""A machine whose role may not invoke a function fails with `Lambda.AWSLambdaException`.

Lambda's API has no specific error for a denial, so Step Functions reports the general one; moto's
engine reports `Lambda.AccessDeniedException`.
"""

from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_lambda,
)

from embedded_aws.patching import wrap

_DENIED = "AccessDeniedException"


def install() -> None:
    """Patch the naming of an error."""
    owner = state_task_service_lambda.StateTaskServiceLambda
    wrap(owner, "_error_cause_from_client_error", _make_name)


def _make_name(original: Any) -> Any:
    def name(client_error: Any) -> tuple[str, str]:
        error, cause = original(client_error)
        if client_error.response["Error"]["Code"] == _DENIED:
            error = "Lambda.AWSLambdaException"
        return error, cause

    return name
