"""Optimized integrations accept and return their fields in the casing that AWS documents.

The parameters of `states:startExecution` use `StateMachineArn`, and the API uses `stateMachineArn`;
results are converted back. moto has the conversion but does not call it, so nested executions fail.
"""

import functools
from typing import Any

from botocore import xform_name
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import (  # noqa: E501
    StateTaskService,
)

from embedded_aws.own_session import own_botocore_session
from embedded_aws.patching import wrap


def install() -> None:
    """Patch the integrations' common class."""
    wrap(StateTaskService, "_normalise_parameters", _make_normalise_parameters)
    wrap(StateTaskService, "_normalise_response", _make_normalise_response)


@functools.cache
def _find_operation(service_name: str, action: str) -> Any:
    model = own_botocore_session().get_service_model(service_name)
    matching = (name for name in model.operation_names if xform_name(name) == action)
    found = next(matching, None)
    return model.operation_model(found) if found else None


def _operation_of(task: Any, service_name: str | None, action: str | None) -> Any:
    return _find_operation(
        task._get_boto_service_name(service_name), task._get_boto_service_action(action)
    )


def _make_normalise_parameters(original: Any) -> Any:
    def normalise_parameters(
        self: Any,
        parameters: Any,
        boto_service_name: str | None = None,
        service_action_name: str | None = None,
    ) -> None:
        operation = _operation_of(self, boto_service_name, service_action_name)
        if operation is not None and operation.input_shape is not None:
            self._to_boto_request(parameters, operation.input_shape)

    return normalise_parameters


def _make_normalise_response(original: Any) -> Any:
    def normalise_response(
        self: Any,
        response: Any,
        boto_service_name: str | None = None,
        service_action_name: str | None = None,
    ) -> None:
        operation = _operation_of(self, boto_service_name, service_action_name)
        if operation is not None and operation.output_shape is not None:
            self._from_boto_response(response, operation.output_shape)

    return normalise_response
