"""Checks who may assume a role: its trust policy."""

from typing import Any

from moto.sts.models import AssumedRole

from embedded_aws.context import current
from embedded_aws.permissions.documents import Demand, statements_of
from embedded_aws.permissions.patterns import Context, matches
from embedded_aws.permissions.principals import Principal, iam_backend, sts_backend

_SESSION_SECONDS = 12 * 60 * 60
_SAY_THEIR_ACCOUNT = frozenset(
    {
        "chatbot.amazonaws.com",
        "states.amazonaws.com",
        "ecs-tasks.amazonaws.com",
        "events.amazonaws.com",
        "pipes.amazonaws.com",
        "sagemaker.amazonaws.com",
        "scheduler.amazonaws.com",
    }
)


class RoleNotAssumableError(Exception):
    """A role does not exist, or its trust policy does not allow this principal."""


def assume_as_service(role_arn: str, service: str, session_name: str) -> AssumedRole:
    """Return a session of a role for an AWS service.

    Args:
        role_arn: the role.
        service: for instance `lambda.amazonaws.com`.
        session_name: part of the session's ARN.

    Raises:
        RoleNotAssumableError: when roles are enforced and the role does not trust the service.
    """
    if current().settings.enforce_roles:
        require_trust(role_arn, service)
    session: AssumedRole = sts_backend().assume_role(
        region_name=current().settings.region,
        role_session_name=session_name,
        role_arn=role_arn,
        policy="",
        duration=_SESSION_SECONDS,
        external_id="",
    )
    return session


def require_trust(role_arn: str, service: str) -> None:
    """Raise RoleNotAssumableError unless the role exists and trusts the service."""
    role = find_role(role_arn)
    if role is None:
        raise RoleNotAssumableError(f"{role_arn} does not exist")
    # EC2, Lambda and CloudFormation do not state the account that they act for.
    context = {"aws:sourceaccount": current().settings.account_id}
    told = context if service in _SAY_THEIR_ACCOUNT else {}
    if not _trusts(role, lambda kind, name: (kind, name) == ("Service", service), told):
        raise RoleNotAssumableError(f"{role_arn} does not trust {service}")


def find_role(role_arn: str) -> Any:
    """Return moto's role with that ARN, or None."""
    return next((one for one in list(iam_backend().roles.values()) if one.arn == role_arn), None)


def trusts_caller(role: Any, principal: Principal | None) -> bool:
    """Return whether a role's trust policy allows a caller of this account."""
    account_id = current().settings.account_id
    names = {"*", account_id, f"arn:aws:iam::{account_id}:root"}
    if principal is not None:
        names |= {principal.arn, f"arn:aws:iam::{account_id}:{principal.kind}/{principal.name}"}
    context = {
        f"aws:principaltag/{key.lower()}": value
        for key, value in (principal.tags if principal is not None else ())
    }
    return _trusts(role, lambda kind, name: kind == "AWS" and name in names, context)


def _trusts(role: Any, is_meant: Any, context: Context) -> bool:
    demand = Demand("sts:AssumeRole", role.arn)
    text = str(role.assume_role_policy_document)
    found = [
        one
        for one in statements_of(text)
        if any(is_meant(kind, name) for kind, name in one.principals)
        and any(matches(action, demand.action, {}, ignore_case=True) for action in one.actions)
        and one.is_about(demand, context)
    ]
    return any(one.is_allow for one in found) and all(one.is_allow for one in found)
