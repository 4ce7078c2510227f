"""The key of an issuer of tokens (JWT)."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

KEY_ID = "key-1"


class SigningKey:
    """An RSA key, new for each issuer."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def public_keys(self) -> dict[str, Any]:
        """Return the set of keys that the issuer publishes (JWKS)."""
        numbers = self._key.public_key().public_numbers()
        n, e = (
            encoded(one.to_bytes((one.bit_length() + 7) // 8, "big"))
            for one in (numbers.n, numbers.e)
        )
        return {"keys": [{"kty": "RSA", "kid": KEY_ID, "alg": "RS256", "n": n, "e": e}]}

    def token(self, claims: dict[str, Any]) -> str:
        """Return a token with these claims."""
        parts = ({"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}, claims)
        signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), SHA256())
        return f"{signed}.{encoded(signature)}"


def encoded(content: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
