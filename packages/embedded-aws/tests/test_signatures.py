"""A request must be signed with the secret of a key of this start."""

import http.client
import re
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.roles import EVERYTHING, make_role

SERVICES = [
    ("dynamodb", "list_tables"),
    ("lambda", "list_functions"),
    ("cloudformation", "list_stacks"),
    ("ec2", "describe_vpcs"),
    ("s3", "list_buckets"),
]
UNKNOWN = dict(
    zip(
        [service for service, _ in SERVICES],
        [
            *("UnrecognizedClientException", "UnrecognizedClientException"),
            *("InvalidClientTokenId", "AuthFailure", "InvalidAccessKeyId"),
        ],
        strict=True,
    )
)
WRONG = dict(
    zip(
        [service for service, _ in SERVICES],
        [
            *("InvalidSignatureException", "InvalidSignatureException"),
            *("SignatureDoesNotMatch", "AuthFailure", "SignatureDoesNotMatch"),
        ],
        strict=True,
    )
)


def client_with(aws: EmbeddedAws, service: str, *key: str, **config: Any) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=aws.endpoint_url.replace("127.0.0.1", config.pop("host", "127.0.0.1")),
        region_name="us-east-1",
        **dict(
            zip(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"), key)  # noqa: B905
        ),
        config=Config(**config),
    )


def code_of(client: Any, operation: str) -> str:
    with pytest.raises(ClientError) as error:
        getattr(client, operation)()
    return str(error.value.response["Error"]["Code"])


def session_key(aws: EmbeddedAws) -> tuple[str, str, str]:
    role = make_role(aws, "able", EVERYTHING)
    found = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="one")["Credentials"]
    return found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"]


@pytest.mark.parametrize(("service", "operation"), SERVICES)
def test_a_wrong_key_a_wrong_secret_and_a_wrong_token_open_nothing(
    strict_aws: EmbeddedAws, service: str, operation: str
) -> None:
    own = strict_aws.context.administrator
    getattr(client_with(strict_aws, service, own.id, own.secret), operation)()
    known = client_with(strict_aws, service, "testing", "testing")
    assert code_of(known, operation) == UNKNOWN[service]
    assert code_of(client_with(strict_aws, service, own.id, "x"), operation) == WRONG[service]
    key_id, secret, token = session_key(strict_aws)
    getattr(client_with(strict_aws, service, key_id, secret, token), operation)()
    assert (
        code_of(client_with(strict_aws, service, key_id, "x", token), operation) == (WRONG[service])
    )
    for wrong in ((key_id, secret, "x"), (key_id, secret)):
        assert code_of(client_with(strict_aws, service, *wrong), operation) == UNKNOWN[service]


def test_a_key_counts_where_roles_are_not_enforced_too(aws: EmbeddedAws) -> None:
    assert code_of(client_with(aws, "ec2", "testing", "testing"), "describe_vpcs") == "AuthFailure"


def test_each_start_has_a_key_of_its_own(tmp_path: Path) -> None:
    found = []
    for name in ("first", "second"):
        with EmbeddedAws(folder=tmp_path / name) as aws:
            found.append(aws.environment())
            assert aws.environment()["AWS_ACCESS_KEY_ID"] == aws.context.administrator.id
    assert len({one["AWS_ACCESS_KEY_ID"] for one in found}) == 2
    assert len({one["AWS_SECRET_ACCESS_KEY"] for one in found}) == 2
    assert all(len(one["AWS_SECRET_ACCESS_KEY"]) == 40 for one in found)


KEYS = ["plain", "with space", "ä/ö+?&=%", "a//b/../c/./d", "~tilde", "a:b@c", "%41", "x'(y)*!"]


@pytest.mark.parametrize(
    ("host", "style"), [("127.0.0.1", "path"), ("localhost", "path"), ("localhost", "virtual")]
)
def test_objects_of_any_name_are_reached(strict_aws: EmbeddedAws, host: str, style: str) -> None:
    own = strict_aws.context.administrator
    storage = client_with(
        strict_aws, "s3", own.id, own.secret, host=host, s3={"addressing_style": style}
    )
    if style == "virtual":
        storage.meta.events.register("before-send.s3", _send_to_this_machine)
    storage.create_bucket(Bucket="a-bucket")
    for key in KEYS:
        storage.put_object(Bucket="a-bucket", Key=key, Body=key.encode(), Metadata={"a": "b  c"})
        assert storage.get_object(Bucket="a-bucket", Key=key)["Body"].read() == key.encode()
    listed = storage.list_objects_v2(Bucket="a-bucket", Prefix="", Delimiter="#")
    assert sorted(one["Key"] for one in listed["Contents"]) == sorted(KEYS)


def _send_to_this_machine(request: Any, **_: Any) -> None:
    # Where no resolver knows names below localhost.
    place = urllib.parse.urlsplit(request.url)
    request.headers["Host"] = place.netloc
    request.url = place._replace(netloc=f"127.0.0.1:{place.port}").geturl()


@pytest.mark.parametrize("version", ["s3v4", "s3"])
@pytest.mark.parametrize("key", KEYS[:3])
def test_a_presigned_url_opens_what_it_was_signed_for_and_nothing_else(
    strict_aws: EmbeddedAws, key: str, version: str
) -> None:
    strict_aws.client("s3").create_bucket(Bucket="a-bucket")
    for name in (key, "other"):
        strict_aws.client("s3").put_object(Bucket="a-bucket", Key=name, Body=name.encode())
    for own in ((key_of_administrator(strict_aws)), session_key(strict_aws)):
        signing = client_with(strict_aws, "s3", *own, signature_version=version)
        url = signing.generate_presigned_url("get_object", {"Bucket": "a-bucket", "Key": key})
        assert read(url) == (200, key.encode())
        quoted = urllib.parse.quote(key, safe="/~")
        assert read(url.replace(f"/{quoted}?", "/other?"))[0] == 403
        assert read(re.sub(r"Expires=(\d+)", r"Expires=\g<1>0", url))[0] == 403
        assert read(re.sub(r"&[A-Za-z-]*Signature=[^&]*", "", url))[0] == 403
    foreign = client_with(strict_aws, "s3", "testing", "testing", signature_version=version)
    url = foreign.generate_presigned_url("get_object", {"Bucket": "a-bucket", "Key": key})
    status, body = read(url)
    assert (status, b"InvalidAccessKeyId" in body) == (403, True)


def key_of_administrator(aws: EmbeddedAws) -> tuple[str, str]:
    return aws.context.administrator.id, aws.context.administrator.secret


@pytest.mark.parametrize("service", ["sts", "s3", "lambda", "dynamodb"])
def test_what_is_changed_after_it_was_signed_is_refused(
    strict_aws: EmbeddedAws, service: str
) -> None:
    credentials = Credentials(*key_of_administrator(strict_aws))
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    request = AWSRequest("POST", f"{strict_aws.endpoint_url}/?a=1", {"X-Own": "1"}, body)
    SigV4Auth(credentials, service, "us-east-1").add_auth(request)
    headers = dict(request.headers.items())
    for path, changed, content in (
        ("/?a=2", headers, body),
        ("/other?a=1", headers, body),
        ("/?a=1", {**headers, "X-Own": "2"}, body),
        ("/?a=1", headers, body + b"&more=1"),
        ("/?a=1", {name: one for name, one in headers.items() if name != "Authorization"}, body),
    ):
        assert send(strict_aws, path, changed, content) in (400, 403)


def test_the_right_signature_in_a_query_is_taken_for_s3_alone(strict_aws: EmbeddedAws) -> None:
    credentials = Credentials(*key_of_administrator(strict_aws))
    request = AWSRequest("GET", f"{strict_aws.endpoint_url}/?Action=DescribeVpcs")
    SigV4QueryAuth(Credentials("testing", "testing"), "ec2", "us-east-1").add_auth(request)
    assert read(str(request.url))[0] == 403
    unsigned = AWSRequest("GET", f"{strict_aws.endpoint_url}/")
    assert credentials.access_key not in str(unsigned.url)
    assert read(str(unsigned.url))[0] == 403


def send(aws: EmbeddedAws, path: str, headers: dict[str, str], body: bytes) -> int:
    place = urllib.parse.urlsplit(aws.endpoint_url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
    connection.request("POST", path, body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def read(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
