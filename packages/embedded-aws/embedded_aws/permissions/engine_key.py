"""The credentials that the Step Functions engine uses for the calls of a state."""

from typing import Any

from embedded_aws.context import current
from embedded_aws.permissions.trust import RoleNotAssumableError, assume_as_service

Key = tuple[str, str, str]

_SERVICE = "states.amazonaws.com"
_SESSION_NAME = "StepFunctions"
_NOBODYS_KEY: Key = ("AKIANOTASSUMABLE0000", "-", "-")


def engine_key(state_credentials: Any) -> Key:
    """Return key id, secret and token of the machine's role, or of the role that a state names.

    If Step Functions may not assume the role, the key is one that every service refuses.
    """
    context = current()
    role_arn = getattr(state_credentials, "role_arn", "")
    if not context.settings.enforce_roles or not role_arn:
        return (context.administrator.id, context.administrator.secret, "")
    keys = context.services.setdefault("engine-keys", {})
    assert isinstance(keys, dict)
    if role_arn not in keys:
        try:
            session = assume_as_service(role_arn, _SERVICE, _SESSION_NAME)
        except RoleNotAssumableError:
            return _NOBODYS_KEY
        keys[role_arn] = (
            session.access_key_id,
            session.secret_access_key,
            session.session_token,
        )
    found: Key = keys[role_arn]
    return found
