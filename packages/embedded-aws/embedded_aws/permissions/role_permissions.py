"""Checks what an AWS service may do with a role that was passed to it."""

from collections.abc import Iterable

from embedded_aws.context import current
from embedded_aws.permissions.authorize import authorize
from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.errors import NotAuthorizedError
from embedded_aws.permissions.principals import role_principal


def find_missing_permission(
    role_arn: str, session_name: str, demands: Iterable[Demand]
) -> str | None:
    """Return the first action that a role's policies do not allow, None if all are allowed."""
    settings = current().settings
    if not settings.enforce_roles:
        return None
    principal = role_principal(role_arn, session_name, None)
    for demand in demands:
        try:
            authorize(principal, [demand], settings.region)
        except NotAuthorizedError:
            return demand.action
    return None
