"""Verifies that a request is signed with the secret of its key: AWS's Signature Version 4.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
Neither the time of a signature nor the expiry of a presigned URL is checked, because clients use
the machine's clock and an embedded AWS may use another. If a request contains its payload's hash,
which is part of what is signed, the payload itself is not hashed again.
"""

import hashlib
import hmac
import re
import urllib.parse
from dataclasses import dataclass
from typing import Any

from botocore.utils import normalize_url_path

from embedded_aws.access_key import AccessKey
from embedded_aws.permissions.errors import (
    InvalidCredentialsError,
    SignatureError,
    UnsignedRequestError,
)
from embedded_aws.request_checks.read_request import buffered_body

_ALGORITHM = "AWS4-HMAC-SHA256"
_HEADER = re.compile(
    _ALGORITHM + r"\s+Credential=(?P<credential>[^,\s]+),\s*"
    r"SignedHeaders=(?P<headers>[^,\s]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)
_UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_HASH_HEADER = "HTTP_X_AMZ_CONTENT_SHA256"
_SPACES = re.compile(r" +")
# All services except S3 encode the path of a request twice in what is signed.
_PATH_AS_SENT = {"s3", "s3express", "s3-outposts", "s3-object-lambda"}


@dataclass(frozen=True, slots=True)
class Signature:
    """A request's signature. `scope` is date, Region, service and a constant."""

    key_id: str
    scope: tuple[str, str, str, str]
    signed_headers: tuple[str, ...]
    value: str
    signed_at: str
    token: str
    is_in_query: bool

    @property
    def region(self) -> str:
        """The Region in the signature."""
        return self.scope[1]

    @property
    def service(self) -> str:
        """The service in the signature, by its signing name."""
        return self.scope[2]


def read_signature(environ: dict[str, Any]) -> Signature:
    """Return the signature of a request.

    Raises:
        UnsignedRequestError: when it has no signature of version 4.
    """
    query = dict(urllib.parse.parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    found = _HEADER.fullmatch(environ.get("HTTP_AUTHORIZATION", "").strip())
    if found is not None:
        signed_at = environ.get("HTTP_X_AMZ_DATE") or environ.get("HTTP_DATE", "")
        token = environ.get("HTTP_X_AMZ_SECURITY_TOKEN", "")
        return _signature(found.groupdict(), signed_at, token, is_in_query=False)
    if query.get("X-Amz-Algorithm") != _ALGORITHM or "HTTP_AUTHORIZATION" in environ:
        raise UnsignedRequestError
    parts = {
        "credential": query.get("X-Amz-Credential", ""),
        "headers": query.get("X-Amz-SignedHeaders", ""),
        "signature": query.get("X-Amz-Signature", ""),
    }
    token = query.get("X-Amz-Security-Token", "")
    return _signature(parts, query.get("X-Amz-Date", ""), token, is_in_query=True)


def verify(environ: dict[str, Any], signature: Signature, key: AccessKey) -> None:
    """Return if a request was signed with a key.

    Raises:
        InvalidCredentialsError: when the session token does not match.
        SignatureError: when it was signed with a different secret, or changed since.
    """
    if key.token and not _are_equal(key.token, signature.token):
        raise InvalidCredentialsError(key.id)
    asked = _canonical_request(environ, signature)
    to_sign = "\n".join(
        (_ALGORITHM, signature.signed_at, "/".join(signature.scope), _hash(asked.encode()))
    )
    secret = f"AWS4{key.secret}".encode()
    for part in signature.scope:
        secret = hmac.digest(secret, part.encode(), "sha256")
    expected = hmac.digest(secret, to_sign.encode(), "sha256").hex()
    if "host" not in signature.signed_headers or not _are_equal(expected, signature.value):
        raise SignatureError


def _signature(parts: dict[str, str], signed_at: str, token: str, is_in_query: bool) -> Signature:
    key_id, *scope = parts["credential"].split("/")
    if len(scope) != 4 or scope[3] != "aws4_request":
        raise UnsignedRequestError
    return Signature(
        key_id=key_id,
        scope=(scope[0], scope[1], scope[2], scope[3]),
        signed_headers=tuple(parts["headers"].split(";")),
        value=parts["signature"],
        signed_at=signed_at,
        token=token,
        is_in_query=is_in_query,
    )


def _canonical_request(environ: dict[str, Any], signature: Signature) -> str:
    path, _, query = str(environ.get("RAW_URI", "/")).partition("?")
    pairs = sorted(
        (name, value)
        for name, _, value in (pair.partition("=") for pair in query.split("&") if pair)
        if not (signature.is_in_query and name == "X-Amz-Signature")
    )
    headers = [f"{name}:{_header(environ, name)}\n" for name in signature.signed_headers]
    return "\n".join(
        (
            environ["REQUEST_METHOD"],
            _canonical_path(path, signature.service),
            "&".join(f"{name}={value}" for name, value in pairs),
            "".join(headers),
            ";".join(signature.signed_headers),
            _payload_hash(environ, signature),
        )
    )


def _canonical_path(path: str, service: str) -> str:
    if service in _PATH_AS_SENT:
        return path or "/"
    return urllib.parse.quote(normalize_url_path(path), safe="/~")


def _header(environ: dict[str, Any], name: str) -> str:
    key = name.upper().replace("-", "_")
    value = environ.get(key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}", "")
    return _SPACES.sub(" ", str(value).strip())


def _payload_hash(environ: dict[str, Any], signature: Signature) -> str:
    given = environ.get(_HASH_HEADER)
    if given and (signature.is_in_query or "x-amz-content-sha256" in signature.signed_headers):
        return str(given)
    if signature.is_in_query and signature.service in _PATH_AS_SENT:
        return _UNSIGNED_PAYLOAD
    return _hash(buffered_body(environ))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _are_equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
