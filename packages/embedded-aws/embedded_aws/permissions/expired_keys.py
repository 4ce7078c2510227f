"""Access keys whose time is over: whoever signs with one is told so, as each service tells it.

A session of a role lasts for an hour or a few on AWS. Here none ends by itself, since machines and
functions renew theirs there; a test lets one end.
"""

from embedded_aws.context import current

_SERVICE = "expired-keys"


def expire_key(access_key_id: str) -> None:
    """Let an access key of the running embedded AWS be expired from now on."""
    current().services[_SERVICE] = expired_keys() | {access_key_id}


def renew_key(access_key_id: str) -> None:
    """Let an access key be valid again."""
    current().services[_SERVICE] = expired_keys() - {access_key_id}


def expired_keys() -> frozenset[str]:
    """Return the keys of the running embedded AWS that are expired."""
    found = current().services.get(_SERVICE)
    return found if isinstance(found, frozenset) else frozenset()
