"""The principal that CloudFormation acts as: the stack's service role, or else the caller."""

from embedded_aws.context import current
from embedded_aws.permissions.callers import current_caller
from embedded_aws.permissions.principals import Principal, role_principal
from embedded_aws.permissions.trust import require_trust

_SERVICE = "cloudformation.amazonaws.com"
SESSION_NAME = "AWSCloudFormation"
"""The session of a stack's service role. Without such a role the caller's credentials are used."""


def assume_acting_principal(role_arn: str | None) -> Principal | None:
    """Return the principal of a stack's operation, None for the administrator.

    Args:
        role_arn: the stack's role, or the role in the request.

    Raises:
        RoleNotAssumableError: when CloudFormation may not assume that role.
    """
    if not current().settings.enforce_roles:
        return None
    if not role_arn:
        return current_caller()
    require_trust(role_arn, _SERVICE)
    return role_principal(role_arn, SESSION_NAME, None)
