"""Verifies URLs presigned with S3's older signature, which is still botocore's default.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
"""

import base64
import hmac
import re
import urllib.parse
from typing import Any

from botocore.auth import HmacV1Auth
from botocore.credentials import Credentials

from embedded_aws.access_key import AccessKey
from embedded_aws.permissions.errors import InvalidCredentialsError, SignatureError

SERVICE, REGION = "s3", "us-east-1"
_TOKEN = "x-amz-security-token"
_BUCKET_HOST = re.compile(r"(.+?)(?:\.s3)?\.(?:localhost|127\.0\.0\.1)(?::\d+)?")


def key_of_presigned(environ: dict[str, Any]) -> str:
    """Return the id of the key that a URL is presigned with, empty if it is not presigned."""
    query = _query(environ)
    is_presigned = {"AWSAccessKeyId", "Signature", "Expires"} <= set(query)
    return query["AWSAccessKeyId"] if is_presigned and "HTTP_AUTHORIZATION" not in environ else ""


def verify_presigned(environ: dict[str, Any], key: AccessKey) -> None:
    """Return if a URL was presigned with that key.

    Raises:
        InvalidCredentialsError: when the session token does not match.
        SignatureError: when it was signed with a different secret, or changed since.
    """
    query = _query(environ)
    own = {name.lower(): value for name, value in query.items()}
    if key.token and not hmac.compare_digest(key.token.encode(), own.get(_TOKEN, "").encode()):
        raise InvalidCredentialsError(key.id)
    named = sorted(name for name in own if name.startswith("x-amz-"))
    to_sign = "\n".join(
        (
            environ["REQUEST_METHOD"],
            own.get("content-md5") or environ.get("HTTP_CONTENT_MD5", ""),
            own.get("content-type") or environ.get("CONTENT_TYPE", ""),
            query["Expires"],
            *(f"{name}:{own[name].strip()}" for name in named),
            _resource(environ, key),
        )
    )
    digest = hmac.digest(key.secret.encode(), to_sign.encode(), "sha1")
    expected = base64.b64encode(digest)
    if not hmac.compare_digest(expected, query["Signature"].encode()):
        raise SignatureError


def _resource(environ: dict[str, Any], key: AccessKey) -> str:
    split = urllib.parse.urlsplit(f"http://-{environ.get('RAW_URI', '/')}")
    bucket = _BUCKET_HOST.fullmatch(environ.get("HTTP_HOST", "").lower())
    path = f"/{bucket[1]}{split.path}" if bucket else split.path
    return str(
        HmacV1Auth(Credentials(key.id, key.secret)).canonical_resource(split, auth_path=path)
    )


def _query(environ: dict[str, Any]) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
