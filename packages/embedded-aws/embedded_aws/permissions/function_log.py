"""Checks whether a function's role allows Lambda to write its log."""

from typing import Any

from embedded_aws.context import current
from embedded_aws.permissions.actions.logs import group_arn
from embedded_aws.permissions.authorize import authorize
from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.errors import NotAuthorizedError
from embedded_aws.permissions.principals import role_principal


def may_write_log(function: Any, group: str) -> bool:
    """Return whether the role allows it; if not, Lambda silently writes nothing."""
    if not current().settings.enforce_roles:
        return True
    is_there = group in function.logs_backend.groups
    arn = group_arn(function.region, function.account_id, group, "*")
    actions = [*([] if is_there else ["CreateLogGroup"]), "CreateLogStream", "PutLogEvents"]
    principal = role_principal(function.role, function.function_name[:64], None)
    try:
        authorize(principal, [Demand(f"logs:{action}", arn) for action in actions], function.region)
    except NotAuthorizedError:
        return False
    return True
