"""Checks whether a service may deliver an event: by the target's policy, or by a given role."""

import json
from typing import Any

from embedded_aws.context import current
from embedded_aws.permissions.authorize import authorize
from embedded_aws.permissions.decisions import Decision, record
from embedded_aws.permissions.documents import Demand, statements_of
from embedded_aws.permissions.errors import NotAuthorizedError
from embedded_aws.permissions.principals import role_principal
from embedded_aws.permissions.trust import require_trust

_INVOKE = "lambda:InvokeFunction"


def require_function_policy(function: Any, service: str, source_arn: str) -> None:
    """Raise NotAuthorizedError unless a function's resource policy allows a service.

    Args:
        function: moto's model of it.
        service: for instance `events.amazonaws.com`.
        source_arn: the source of the delivery, such as a rule's ARN.
    """
    if not current().settings.enforce_roles:
        return
    arn = str(function.function_arn)
    demand = Demand(_INVOKE, arn)
    context = {
        "aws:sourcearn": source_arn,
        "aws:sourceaccount": current().settings.account_id,
    }
    document = json.dumps({"Statement": function.policy.statements})
    about = [
        one
        for one in statements_of(document)
        if any(name in (service, "*") for _, name in one.principals)
        and one.is_about(demand, context)
    ]
    is_allowed = bool(about) and all(one.is_allow for one in about)
    record(Decision(service, demand, current().settings.region, is_allowed))
    if not is_allowed:
        reason = f"because no resource-based policy allows the {_INVOKE} action"
        raise NotAuthorizedError(service, _INVOKE, arn, reason)


def require_role_allows(
    role_arn: str, service: str, session_name: str, demands: list[Demand]
) -> None:
    """Raise unless a service may assume a role that may do what is demanded.

    Raises:
        RoleNotAssumableError: when the role does not trust the service.
        NotAuthorizedError: when the role may not do it.
    """
    if not current().settings.enforce_roles:
        return
    require_trust(role_arn, service)
    principal = role_principal(role_arn, session_name, None)
    authorize(principal, demands, current().settings.region)
