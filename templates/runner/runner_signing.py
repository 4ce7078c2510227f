"""AWS Signature Version 4 for S3 and CloudWatch Logs.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import quote

from runner_credentials import Credentials

UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_ALGORITHM = "AWS4-HMAC-SHA256"


def sign(
    method: str,
    path: str,
    query: dict[str, str],
    headers: dict[str, str],
    payload_sha256: str,
    service: str,
    region: str,
    credentials: Credentials,
    now: float,
) -> dict[str, str]:
    """Return the signed headers of a request.

    Args:
        method: the HTTP method.
        path: the encoded path.
        query: the query, not encoded.
        headers: all headers to sign, including `host`.
        payload_sha256: in hexadecimal, or UNSIGNED_PAYLOAD.
        service: a service such as s3.
        region: the Region of the service.
        credentials: the credentials.
        now: in Unix seconds.
    """
    timestamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    scope = f"{timestamp[:8]}/{region}/{service}/aws4_request"
    full = {name.lower(): value.strip() for name, value in headers.items()}
    full["x-amz-date"] = timestamp
    full["x-amz-content-sha256"] = payload_sha256
    full["x-amz-security-token"] = credentials.session_token
    names = ";".join(sorted(full))
    canonical = "\n".join(
        [
            method,
            path,
            encode_query(query),
            *(f"{name}:{full[name]}" for name in sorted(full)),
            "",
            names,
            payload_sha256,
        ]
    )
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join([_ALGORITHM, timestamp, scope, hashed])
    key = f"AWS4{credentials.secret_access_key}".encode()
    for part in (*scope.split("/"), to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    credential = f"Credential={credentials.access_key_id}/{scope}"
    full["authorization"] = (
        f"{_ALGORITHM} {credential}, SignedHeaders={names}, Signature={key.hex()}"
    )
    return full


def encode_query(query: dict[str, str]) -> str:
    """Return the encoded query, sorted by encoded names as the signature requires."""
    encoded = [(quote(name, safe="-_.~"), quote(query[name], safe="-_.~")) for name in query]
    return "&".join(f"{name}={value}" for name, value in sorted(encoded))
