"""Evaluates all policies that apply to a principal's request."""

from collections.abc import Iterable

from embedded_aws.context import current
from embedded_aws.permissions.decisions import Decision, record
from embedded_aws.permissions.documents import Demand, allows, denies
from embedded_aws.permissions.errors import NotAuthorizedError
from embedded_aws.permissions.patterns import Context
from embedded_aws.permissions.principals import Principal


def authorize(principal: Principal | None, demands: Iterable[Demand], region: str) -> None:
    """Check all demands of a principal, and record each decision.

    Args:
        principal: None for the administrator, who may do everything.
        demands: what a request needs.
        region: the Region of the request.

    Raises:
        NotAuthorizedError: at the first demand that is not allowed.
    """
    if principal is None:
        return
    for demand in demands:
        reason = find_objection(principal, demand, region)
        record(Decision(principal.name, demand, region, reason is None, principal.user_id))
        if reason is not None:
            raise NotAuthorizedError(principal.arn, demand.action, demand.resource, reason)


def find_objection(principal: Principal, demand: Demand, region: str) -> str | None:
    """Return AWS's reason for refusing a demand, or None if it is allowed."""
    context = context_of(principal, demand, region)
    policies = principal.identity_policies
    if any(denies(policy, demand, context) for policy in policies):
        return "with an explicit deny in an identity-based policy"
    if not any(allows(policy, demand, context) for policy in policies):
        return f"because no identity-based policy allows the {demand.action} action"
    limits = (
        ("permissions boundary", principal.boundary),
        ("session policy", principal.session_policy),
    )
    for kind, document in limits:
        if document is None:
            continue
        if denies(document, demand, context):
            return f"with an explicit deny in a {kind}"
        if not allows(document, demand, context):
            return f"because no {kind} allows the {demand.action} action"
    return None


def context_of(principal: Principal, demand: Demand, region: str) -> Context:
    """Return the values of a request's condition keys and policy variables."""
    known: dict[str, str | tuple[str, ...]] = {
        "aws:requestedregion": region,
        "aws:principalarn": _principal_arn(principal),
        "aws:principalaccount": current().settings.account_id,
        "aws:securetransport": "true",  # 127.0.0.1 stands for an HTTPS endpoint
    }
    if principal.user_id:
        known["aws:userid"] = principal.user_id
    if principal.kind == "user":
        known["aws:username"] = principal.name
    return {**known, **{key.lower(): value for key, value in demand.context}}


def _principal_arn(principal: Principal) -> str:
    if principal.kind == "user":
        return principal.arn
    return f"arn:aws:iam::{current().settings.account_id}:role/{principal.name}"
