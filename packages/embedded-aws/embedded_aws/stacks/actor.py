"""The principal that CloudFormation acts as, and the errors when it may not."""

from typing import Any

from moto.cloudformation.exceptions import ValidationError

from embedded_aws.context import current
from embedded_aws.permissions.acting import assume_acting_principal
from embedded_aws.permissions.actions.ssm import parameter_arn
from embedded_aws.permissions.authorize import authorize
from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.errors import NotAuthorizedError
from embedded_aws.permissions.principals import Principal
from embedded_aws.permissions.trust import RoleNotAssumableError

_FROM_PARAMETER_STORE = "AWS::SSM::Parameter::Value<"


def acting_principal(role_arn: str | None) -> Principal | None:
    """Return the principal of a stack's operation, None for the administrator.

    Raises:
        ValidationError: when CloudFormation may not assume that role.
    """
    try:
        return assume_acting_principal(role_arn)
    except RoleNotAssumableError as error:
        raise ValidationError(message=f"Role {role_arn} is invalid or cannot be assumed") from error


def require_parameters(actor: Principal | None, declared: dict[str, Any], given: Any) -> None:
    """Refuse a template whose parameters CloudFormation may not look up.

    Args:
        actor: the principal that it acts as.
        declared: the template's Parameters.
        given: values by name; missing parameters have their defaults.

    Raises:
        ValidationError: with CloudFormation's message.
    """
    settings = current().settings
    names = [
        str((given or {}).get(name, parameter.get("Default", "")))
        for name, parameter in declared.items()
        if str(parameter.get("Type", "")).startswith(_FROM_PARAMETER_STORE)
    ]
    arns = [parameter_arn(name, settings.region, settings.account_id) for name in names]
    try:
        authorize(actor, [Demand("ssm:GetParameters", arn) for arn in arns], settings.region)
    except NotAuthorizedError as error:
        raise ValidationError(
            message=f"AccessDenied. User doesn't have permission to call {error.action}"
        ) from error
