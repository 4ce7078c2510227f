"""Forms with which a browser uploads: their policy is signed, and says what they may upload."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from botocore.config import Config

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.roles import allow, make_role

MAY_UPLOAD = allow("s3:PutObject", "arn:aws:s3:::bucket/in/*")


def form_of(s3: Any, key: str) -> dict[str, Any]:
    conditions = [["content-length-range", 1, 5]]
    form: dict[str, Any] = s3.generate_presigned_post("bucket", key, Conditions=conditions)
    return form


def post(form: Mapping[str, Any], content: bytes, **changes: str) -> int:
    fields = {**form["fields"], **changes}
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    body = b"".join([*parts, head, content, b"\r\n--b--\r\n"])
    request = urllib.request.Request(form["url"], body, method="POST")
    request.add_header("Content-Type", "multipart/form-data; boundary=b")
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture
def s3(strict_aws: EmbeddedAws) -> Any:
    strict_aws.client("s3").create_bucket(Bucket="bucket")
    role = make_role(strict_aws, "uploads", MAY_UPLOAD)
    found = strict_aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")
    session = found["Credentials"]
    return boto3.client(
        "s3",
        endpoint_url=strict_aws.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )


def test_a_form_uploads_what_its_policy_and_its_signer_allow(
    strict_aws: EmbeddedAws, s3: Any
) -> None:
    form = form_of(s3, "in/data.csv")
    assert post(form, b"12345") == 204
    stored = strict_aws.client("s3").get_object(Bucket="bucket", Key="in/data.csv")
    assert stored["Body"].read() == b"12345"
    assert post(form, b"123456") == 403
    assert post(form, b"") == 403
    assert post(form, b"12345", key="in/other.csv") == 403
    assert post(form, b"12345", acl="public-read") == 403
    assert post(form, b"12345", **{"x-amz-signature": "0" * 64}) == 403
    assert post(form_of(s3, "out/data.csv"), b"12345") == 403
