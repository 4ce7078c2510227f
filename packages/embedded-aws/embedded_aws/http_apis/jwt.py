"""Verifies the tokens of a JWT authorizer: signature, issuer, audience, times and scopes.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
"""

import base64
import json
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from embedded_aws.context import current

_HASHES: dict[str, type[SHA256 | SHA384 | SHA512]] = {
    "RS256": SHA256,
    "RS384": SHA384,
    "RS512": SHA512,
}
_TIMEOUT_SECONDS, _LARGEST_ANSWER_BYTES = 5, 1 << 20
_SERVICE = "keys of token issuers"
_LOOPBACK = ("127.0.0.1", "localhost")


class TokenError(Exception):
    """The token is not valid for this authorizer."""


def verified_claims(token: str, issuer: str, audience: Iterable[str]) -> dict[str, Any]:
    """Return the claims of a token.

    Raises:
        TokenError: when it is not valid now.
    """
    try:
        head, body, signature = token.split(".")
        header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
        signed, sealed = f"{head}.{body}".encode(), _decoded(signature)
    except ValueError as error:
        raise TokenError("it is no token") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise TokenError("it is no token")
    _check_claims(claims, issuer, set(audience))
    if header.get("alg") not in _HASHES:
        raise TokenError("only RSA-based algorithms are supported")
    key = _key_of(issuer, str(header.get("kid")))
    try:
        key.verify(sealed, signed, PKCS1v15(), _HASHES[header["alg"]]())
    except InvalidSignature as error:
        raise TokenError("the signature does not match") from error
    return claims


def scopes_of(claims: Mapping[str, Any]) -> list[str]:
    """Return the scopes of a token."""
    given = claims.get("scope") or claims.get("scp") or ""
    return [str(one) for one in given] if isinstance(given, list) else str(given).split()


def _check_claims(claims: dict[str, Any], issuer: str, audience: set[str]) -> None:
    if claims.get("iss") != issuer:
        raise TokenError("another issuer")
    # `client_id` counts only where there is no `aud`.
    given = claims.get("aud", claims.get("client_id"))
    if not audience & {str(one) for one in (given if isinstance(given, list) else [given])}:
        raise TokenError("another audience")
    now = current().clock.now().timestamp()
    if _time_in(claims, "exp", now) <= now:
        raise TokenError("it has expired")
    if any(_time_in(claims, name, now) > now for name in ("nbf", "iat")):
        raise TokenError("it is not valid yet")


def _time_in(claims: dict[str, Any], name: str, default: float) -> float:
    value = claims.get(name, default)
    if not isinstance(value, int | float):
        raise TokenError(f"{name} is no number")
    return value


def _key_of(issuer: str, key_id: str) -> Any:
    known = current().services.setdefault(_SERVICE, {})
    assert isinstance(known, dict)
    if (issuer, key_id) not in known:
        for one in _published_keys(issuer):
            numbers = RSAPublicNumbers(_number(one["e"]), _number(one["n"]))
            known[issuer, str(one.get("kid"))] = numbers.public_key()
    if (issuer, key_id) not in known:
        raise TokenError("the issuer does not have this key")
    return known[issuer, key_id]


def _published_keys(issuer: str) -> list[dict[str, Any]]:
    try:
        found = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        keys = _fetched(str(found["jwks_uri"]))["keys"]
        return [one for one in keys if one.get("kty") == "RSA"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TokenError(f"the keys of {issuer} cannot be read: {error}") from error


def _fetched(url: str) -> Any:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise ValueError("an issuer needs https, unless it is on this machine")
    # A proxy of the environment would be asked for 127.0.0.1, too.
    handlers = [urllib.request.ProxyHandler({})] if parts.hostname in _LOOPBACK else []
    opener = urllib.request.build_opener(*handlers)
    with opener.open(url, timeout=_TIMEOUT_SECONDS) as response:
        return json.loads(response.read(_LARGEST_ANSWER_BYTES))


def _number(text: str) -> int:
    return int.from_bytes(_decoded(text), "big")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
