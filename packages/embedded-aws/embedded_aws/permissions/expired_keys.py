"""Expired access keys: each service refuses them with its own error.

On AWS the session of a role lasts for an hour or a few. Here no session expires by itself, because
machines and functions renew theirs in time; a test can expire a key.
"""

from embedded_aws.context import current

_SERVICE = "expired-keys"


def expire_key(access_key_id: str) -> None:
    """Expire an access key of the running embedded AWS."""
    current().services[_SERVICE] = expired_keys() | {access_key_id}


def renew_key(access_key_id: str) -> None:
    """Make an expired access key valid again."""
    current().services[_SERVICE] = expired_keys() - {access_key_id}


def expired_keys() -> frozenset[str]:
    """Return the expired keys of the running embedded AWS."""
    found = current().services.get(_SERVICE)
    return found if isinstance(found, frozenset) else frozenset()
