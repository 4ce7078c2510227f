"""An access key: its id, which every request contains, and the secret that signs the request."""

import secrets
import string
from dataclasses import dataclass

_ID_LETTERS = string.ascii_uppercase + "234567"
_ID_LENGTH, _SECRET_BYTES = 16, 30


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key. `token` is the session token of a role's key, and empty for any other key."""

    id: str
    secret: str
    token: str = ""


def make_access_key() -> AccessKey:
    """Return a new, random key in AWS's format."""
    key_id = "AKIA" + "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))
    return AccessKey(key_id, secrets.token_urlsafe(_SECRET_BYTES))
