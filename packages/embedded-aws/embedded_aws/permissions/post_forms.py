"""Verifies forms with which browsers upload to S3: a signed policy says what they may upload.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
The expiry of a policy is not checked, as that of presigned URLs is not.
"""

import base64
import hmac
import json
from dataclasses import dataclass
from typing import Any

from moto.core.request import Request

from embedded_aws.access_key import AccessKey
from embedded_aws.permissions.actions.s3 import bucket_arn
from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.errors import (
    InvalidCredentialsError,
    SignatureError,
    UnsignedRequestError,
)
from embedded_aws.request_checks.read_request import buffered_body

_FORM = "multipart/form-data"
_UNSIGNED = {"x-amz-signature", "file", "policy"}
_SCOPE_PARTS = 4


class PolicyViolatedError(Exception):
    """The form uploads something else than its policy allows."""

    def __init__(self, message: str) -> None:
        """Keep S3's message."""
        self.message = f"Invalid according to Policy: {message}"
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class PostForm:
    """A form: its fields by their names in lower case, and the size of its file in bytes."""

    bucket: str
    fields: dict[str, str]
    size_bytes: int

    @property
    def key_id(self) -> str:
        """Return the id of the access key that has signed the policy."""
        return self._scope[0]

    @property
    def region(self) -> str:
        """Return the Region in the signature."""
        return self._scope[2]

    @property
    def demand(self) -> Demand:
        """Return what the signer of the policy must be allowed."""
        return Demand("s3:PutObject", f"{bucket_arn(self.bucket)}/{self.fields.get('key', '')}")

    @property
    def _scope(self) -> list[str]:
        scope = self.fields.get("x-amz-credential", "").split("/")
        if len(scope) != _SCOPE_PARTS + 1:
            raise UnsignedRequestError
        return scope

    def verify(self, key: AccessKey) -> None:
        """Return if the policy is signed with that key, and allows this upload.

        Raises:
            InvalidCredentialsError: when the session token does not match.
            SignatureError: when it was signed with a different secret.
            PolicyViolatedError: when the policy does not allow it.
        """
        token = self.fields.get("x-amz-security-token", "")
        if key.token and not hmac.compare_digest(key.token.encode(), token.encode()):
            raise InvalidCredentialsError(key.id)
        policy = self.fields.get("policy", "")
        secret = f"AWS4{key.secret}".encode()
        for part in self._scope[1:]:
            secret = hmac.digest(secret, part.encode(), "sha256")
        expected = hmac.digest(secret, policy.encode(), "sha256").hex()
        if not hmac.compare_digest(expected, self.fields.get("x-amz-signature", "")):
            raise SignatureError
        self._check(json.loads(base64.b64decode(policy))["conditions"])

    def _check(self, conditions: list[Any]) -> None:
        given = {**self.fields, "bucket": self.bucket}
        named: set[str] = set()
        for one in conditions:
            if isinstance(one, dict):
                ((name, value),) = one.items()
                self._require(given.get(name.lower()) == value, f'["eq", "${name}", "{value}"]')
                named.add(name.lower())
            elif one[0] == "content-length-range":
                self._require(one[1] <= self.size_bytes <= one[2], str(one))
            else:
                name = one[1].removeprefix("$").lower()
                value = given.get(name, "")
                is_met = value == one[2] if one[0] == "eq" else value.startswith(one[2])
                self._require(is_met, str(one))
                named.add(name)
        others = set(self.fields) - named - _UNSIGNED
        self._require(not others, f"Extra input fields: {', '.join(sorted(others))}")

    def _require(self, is_met: bool, condition: str) -> None:
        if not is_met:
            raise PolicyViolatedError(f"Policy Condition failed: {condition}")


def read_post_form(environ: dict[str, Any]) -> PostForm | None:
    """Return the form of a request, and leave it readable; None for any other request."""
    is_form = str(environ.get("CONTENT_TYPE", "")).startswith(_FORM)
    if environ["REQUEST_METHOD"] != "POST" or not is_form or "HTTP_AUTHORIZATION" in environ:
        return None
    buffered_body(environ)
    with Request(dict(environ)) as request:
        fields = {name.lower(): value for name, value in request.form.items()}
        size_bytes = sum(len(file.read()) for file in request.files.values())
    environ["wsgi.input"].seek(0)
    bucket = str(environ.get("PATH_INFO", "/")).strip("/").split("/")[0]
    return PostForm(bucket, fields, size_bytes)
