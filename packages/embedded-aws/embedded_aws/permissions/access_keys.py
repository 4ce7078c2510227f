"""Looks up an access key and its secret."""

from typing import Any

from embedded_aws.access_key import AccessKey
from embedded_aws.context import current
from embedded_aws.permissions.errors import InvalidCredentialsError
from embedded_aws.permissions.principals import find_session, iam_backend


def find_access_key(access_key_id: str) -> AccessKey:
    """Return the complete key with that id.

    Raises:
        InvalidCredentialsError: when the key does not exist, or is inactive.
    """
    administrator = current().administrator
    if access_key_id == administrator.id:
        return administrator
    session = find_session(access_key_id)
    if session is not None:
        return AccessKey(access_key_id, session.secret_access_key, session.session_token)
    return _key_of_user(access_key_id)


def _key_of_user(access_key_id: str) -> AccessKey:
    for user in list(iam_backend().users.values()):
        found: list[Any] = user.get_all_access_keys()
        for key in found:
            if key.access_key_id == access_key_id and key.status == "Active":
                return AccessKey(access_key_id, str(key.secret_access_key))
    raise InvalidCredentialsError(access_key_id)
