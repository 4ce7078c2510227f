"""AWS Signature Version 4, as far as S3 and CloudWatch Logs need it.

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
    """Return the headers of a request, signed.

    Args:
        method: of HTTP.
        path: encoded, as it is sent.
        query: not yet encoded.
        headers: `host` among them; all are signed.
        payload_sha256: in hexadecimal, or UNSIGNED_PAYLOAD.
        service: such as s3.
        region: of the service.
        credentials: to sign with.
        now: in Unix seconds.
    """
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    full = {name.lower(): value.strip() for name, value in headers.items()}
    full["x-amz-date"] = moment
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
    to_sign = "\n".join([_ALGORITHM, moment, scope, hashed])
    key = f"AWS4{credentials.secret_access_key}".encode()
    for part in (*scope.split("/"), to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    credential = f"Credential={credentials.access_key_id}/{scope}"
    full["authorization"] = (
        f"{_ALGORITHM} {credential}, SignedHeaders={names}, Signature={key.hex()}"
    )
    return full


def encode_query(query: dict[str, str]) -> str:
    """Return a query as it is sent and signed: sorted by its encoded names."""
    encoded = [(quote(name, safe="-_.~"), quote(query[name], safe="-_.~")) for name in query]
    return "&".join(f"{name}={value}" for name, value in sorted(encoded))
