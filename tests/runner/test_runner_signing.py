"""The runner signs as botocore does, and finds its services where the `aws` command does."""

from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote

import botocore.auth
import pytest
import runner_http
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from runner_credentials import Credentials as RunnerCredentials
from runner_http import endpoint
from runner_signing import UNSIGNED_PAYLOAD, encode_query, sign

NOW = datetime(2031, 5, 1, 12, 30, tzinfo=UTC)
BODY = b'{"is_final": true}'
KEYS = [
    "jobs/digits/digits-1/exit.json",
    "machines/AROAEXAMPLE:i-0123456789abcdef0/results/model",
    "results/Größe 1+2=3 & 100%.txt",
    "results/a%0Ab",
    "results/~tilde(1)!*'",
]


def signature_of_botocore(
    service: str, method: str, url: str, headers: dict[str, str], body: bytes, *, is_hashed: bool
) -> str:
    auth = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
    request = AWSRequest(method=method, url=url, headers=dict(headers), data=body)
    request.context["payload_signing_enabled"] = is_hashed
    credentials = Credentials("ASIAEXAMPLE", "secret", "token")
    auth(credentials, service, "eu-west-1").add_auth(request)
    return str(request.headers["Authorization"]).rpartition("=")[2]


def signature_of_runner(
    service: str,
    method: str,
    path: str,
    query: dict[str, str],
    headers: dict[str, str],
    hashed: str,
) -> str:
    credentials = RunnerCredentials("ASIAEXAMPLE", "secret", "token", 0.0)
    now = NOW.timestamp()
    signed = sign(method, path, query, headers, hashed, service, "eu-west-1", credentials, now)
    return signed["authorization"].rpartition("=")[2]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: NOW)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("query", [{}, {"partNumber": "3", "uploadId": "a/b+c=="}])
def test_an_upload_is_signed_as_botocore_signs_it(key: str, query: dict[str, str]) -> None:
    path = f"/{quote(key, safe='/-_.~')}"
    url = f"https://bucket.s3.eu-west-1.amazonaws.com{path}"
    if query:
        url += f"?{encode_query(query)}"
    headers = {"content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==", "x-amz-content-sha256": UNSIGNED_PAYLOAD}
    theirs = signature_of_botocore("s3", "PUT", url, headers, BODY, is_hashed=False)
    own = {"content-md5": headers["content-md5"], "host": "bucket.s3.eu-west-1.amazonaws.com"}
    assert signature_of_runner("s3", "PUT", path, query, own, UNSIGNED_PAYLOAD) == theirs


def test_a_listing_is_signed_as_botocore_signs_it() -> None:
    query = {"list-type": "2", "prefix": "machines/A:i-1/results/", "continuation-token": "x=/ +"}
    url = f"https://bucket.s3.eu-west-1.amazonaws.com/?{encode_query(query)}"
    theirs = signature_of_botocore("s3", "GET", url, {}, b"", is_hashed=True)
    host = {"host": "bucket.s3.eu-west-1.amazonaws.com"}
    assert signature_of_runner("s3", "GET", "/", query, host, sha256(b"").hexdigest()) == theirs


def test_a_call_of_cloudwatch_logs_is_signed_as_botocore_signs_it() -> None:
    headers = {"x-amz-target": "Logs_20140328.PutLogEvents", "content-type": "application/json"}
    url = "https://logs.eu-west-1.amazonaws.com/"
    hashed = "f0d6a0b3bba7d9e36fd1bd9a4bdc8eb8d6e1c9b9d0a6c2b5f6e5a0a86e4f0d6a"
    theirs = signature_of_botocore(
        "logs", "POST", url, {**headers, "X-Amz-Content-SHA256": hashed}, BODY, is_hashed=True
    )
    own = {**headers, "host": "logs.eu-west-1.amazonaws.com"}
    assert signature_of_runner("logs", "POST", "/", {}, own, hashed) == theirs


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "https://s3.eu-west-1.amazonaws.com"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:5000/"}, "http://127.0.0.1:5000"),
        ({"AWS_ENDPOINT_URL_S3": "http://a", "AWS_ENDPOINT_URL": "http://b"}, "http://a"),
    ],
)
def test_the_environment_can_name_another_address(
    environment: dict[str, str], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_http, "read_metadata", lambda path: "amazonaws.com")
    assert endpoint("s3", "eu-west-1", environment) == address


def test_another_partition_has_its_own_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_http, "read_metadata", lambda path: "amazonaws.com.cn")
    assert endpoint("logs", "cn-north-1", {}) == "https://logs.cn-north-1.amazonaws.com.cn"
