"""An access key: its id, which every request names, and the secret that signs it."""

import secrets
import string
from dataclasses import dataclass

_ID_LETTERS = string.ascii_uppercase + "234567"
_ID_LENGTH, _SECRET_BYTES = 16, 30


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key. `token` goes with the key of a role's session and is empty for any other."""

    id: str
    secret: str
    token: str = ""


def make_access_key() -> AccessKey:
    """Return a new key, in AWS's form, that nobody can guess."""
    key_id = "AKIA" + "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))
    return AccessKey(key_id, secrets.token_urlsafe(_SECRET_BYTES))
