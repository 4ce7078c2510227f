"""Principals: an access key belongs to the administrator, a session of a role, or a user."""

import json
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from embedded_aws.context import current
from embedded_aws.permissions.errors import ExpiredCredentialsError, InvalidCredentialsError
from embedded_aws.permissions.expired_keys import expired_keys

_SESSIONS = "sessions by access key"


@dataclass(frozen=True, slots=True)
class Principal:
    """A session of a role, or a user. `name` is the name of the role or the user.

    `user_id` is IAM's `aws:userid`: the role's unique id, a colon and the session's name, or the
    user's unique id; empty for a deleted role. `tags` are those of the role.
    """

    arn: str
    name: str
    user_id: str
    kind: str
    identity_policies: tuple[str, ...]
    boundary: str | None
    session_policy: str | None
    tags: tuple[tuple[str, str], ...] = ()


def iam_backend() -> Any:
    """Return moto's IAM of this account."""
    settings = current().settings
    return iam_backends[settings.account_id][get_partition(settings.region)]


def sts_backend() -> Any:
    """Return moto's STS of this account."""
    settings = current().settings
    return sts_backends[settings.account_id][get_partition(settings.region)]


def find_principal(access_key_id: str) -> Principal | None:
    """Return the principal of an access key, None for the administrator's.

    Raises:
        InvalidCredentialsError: when the key does not exist.
        ExpiredCredentialsError: when it has expired.
    """
    if access_key_id in expired_keys():
        raise ExpiredCredentialsError(access_key_id)
    if access_key_id == current().administrator.id:
        return None
    session = find_session(access_key_id)
    if session is not None:
        return role_principal(session.role_arn, session.session_name, session.policy)
    user = iam_backend().get_user_from_access_key_id(access_key_id)
    if user is None:
        raise InvalidCredentialsError(access_key_id)
    return _user_principal(user)


def find_session(access_key_id: str) -> Any:
    """Return moto's session of a role with that key, or None."""
    # moto searches all sessions for each request, and none of them ends.
    known = current().services.setdefault(_SESSIONS, {})
    assert isinstance(known, dict)
    if access_key_id not in known:
        session = sts_backend().get_assumed_role_from_access_key(access_key_id)
        if session is None:
            return None
        known[access_key_id] = session
    return known[access_key_id]


def role_principal(role_arn: str, session_name: str, session_policy: str | None) -> Principal:
    """Return the principal of a role's session, with the role's present policies."""
    backend = iam_backend()
    name = role_arn.rsplit("/", 1)[-1]
    role = next((one for one in backend.roles.values() if one.arn == role_arn), None)
    account_id = current().settings.account_id
    return Principal(
        arn=f"arn:aws:sts::{account_id}:assumed-role/{name}/{session_name}",
        name=name,
        user_id=f"{role.id}:{session_name}" if role is not None else "",
        kind="role",
        identity_policies=_policies_of(role) if role is not None else (),
        boundary=_boundary_of(role),
        session_policy=session_policy or None,
        tags=_tags_of(role) if role is not None else (),
    )


def _user_principal(user: Any) -> Principal:
    return Principal(
        arn=user.arn,
        name=user.name,
        user_id=user.id,
        kind="user",
        identity_policies=(
            *(_as_text(document) for document in user.policies.values()),
            *(_default_version(policy) for policy in user.managed_policies.values()),
        ),
        boundary=None,
        session_policy=None,
    )


def _policies_of(role: Any) -> tuple[str, ...]:
    return (
        *(_as_text(document) for document in list(role.policies.values())),
        *(_default_version(policy) for policy in list(role.managed_policies.values())),
    )


def _tags_of(role: Any) -> tuple[tuple[str, str], ...]:
    return tuple((one["Key"], one["Value"]) for one in role.tags)


def _boundary_of(role: Any) -> str | None:
    arn = getattr(role, "permissions_boundary_arn", None)
    if not arn:
        return None
    policy = iam_backend().managed_policies.get(arn)
    # A deleted boundary allows nothing.
    return _default_version(policy) if policy is not None else '{"Statement": []}'


def _default_version(policy: Any) -> str:
    return _as_text(next(one for one in policy.versions if one.is_default).document)


def _as_text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document, default=str)
