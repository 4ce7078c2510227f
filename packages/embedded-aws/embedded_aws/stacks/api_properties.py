"""Checks a resource's properties against AWS's model of the call that creates the resource."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.model import ServiceModel
from moto.cloudformation.exceptions import ValidationError

from embedded_aws.own_session import server_loader
from embedded_aws.request_checks.constraints import find_violations
from embedded_aws.request_checks.raw_json import find_raw_violations


@dataclass(frozen=True, slots=True)
class CreatingCall:
    """The call that creates a resource, and the name there of each property of the template.

    Properties that are not named are refused: nothing here would honour them.
    """

    service: str
    operation: str
    names: Mapping[str, str]

    def parameters(self, properties: Mapping[str, Any], **defaults: Any) -> dict[str, Any]:
        """Return the parameters of the call.

        Args:
            properties: those of the resource.
            defaults: parameters that the template may leave out.

        Raises:
            ValidationError: with every violation of AWS's model.
        """
        unknown = sorted(properties.keys() - self.names.keys())
        if unknown:
            raise ValidationError(
                message=f"extraneous key (or not modelled by the embedded AWS): {unknown}"
            )
        given = {self.names[name]: value for name, value in properties.items()}
        whole = {**defaults, **given}
        model: Any = _service_model(self.service).operation_model(self.operation)
        shape = model.input_shape
        in_body = {
            name: value
            for name, value in whole.items()
            if "location" not in shape.members[name].serialization
        }
        violations = [*find_raw_violations(shape, in_body)] or [*find_violations(shape, whole)]
        if violations:
            raise ValidationError(message="; ".join(map(str, violations)))
        return whole


@cache
def _service_model(service: str) -> ServiceModel:
    return ServiceModel(server_loader().load_service_model(service, "service-2"), service)


def same_names(*names: str) -> dict[str, str]:
    """Return the names of properties that the call has, too."""
    return {name: name for name in names}
