"""No web page can use a server of this machine: neither the embedded AWS nor its own servers."""

import http.client
import json
import socket
import urllib.parse
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.functions.runtime_api import RuntimeApi
from embedded_aws.local_instance.commands import Commands
from embedded_aws.local_instance.control_server import serve_commands
from embedded_aws.local_instance.metadata_server import MetadataServer
from embedded_aws.web_requests import find_objection
from embedded_aws_helpers.builders import IMAGE_ID

PORT = 4577
FOREIGN_HOSTS = (
    *("evil.example", "evil.example:4577", "127.0.0.1.evil.example:4577", "evil.example:80"),
    *("localhost.evil.example:4577", "127.0.0.1", "localhost", "127.0.0.1:4578", "0.0.0.0:4577"),
    *("169.254.169.254", "bucket.evil.example:4577", "", "127.0.0.1:4577,evil.example"),
    *("evil.example.:4577", "s3.amazonaws.com", "x@127.0.0.1:4577", "motoapi.amazonaws.com"),
)
OWN_HOSTS = (
    *("127.0.0.1:4577", "localhost:4577", "LOCALHOST:4577", "[::1]:4577"),
    *("a-bucket.localhost:4577", "a.dotted.bucket.s3.localhost:4577", "a-bucket.127.0.0.1:4577"),
)
FOREIGN_ORIGINS = (
    *("https://evil.example", "null", "", "http://127.0.0.1:8000", "https://127.0.0.1:4577"),
    *("http://localhost", "http://a-bucket.localhost:4577", "file://", "chrome-extension://id"),
    "http://127.0.0.1:4577.evil.example",
)
OWN = {"Host": f"127.0.0.1:{PORT}"}


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_is_refused(host: str) -> None:
    assert find_objection("GET", {"Host": host}, PORT)


@pytest.mark.parametrize("host", OWN_HOSTS)
def test_an_own_host_is_not(host: str) -> None:
    assert not find_objection("GET", {"Host": host}, PORT)


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_a_foreign_origin_is_refused(origin: str) -> None:
    assert find_objection("POST", {**OWN, "Origin": origin}, PORT)


def test_an_own_origin_is_not() -> None:
    assert not find_objection("POST", {**OWN, "Origin": "http://localhost:4577"}, PORT)


@pytest.mark.parametrize(
    ("relation", "is_refused"),
    [
        *(("cross-site", True), ("same-site", True), ("Cross-Site", True), ("invented", True)),
        *(("same-origin", False), ("none", False)),
    ],
)
def test_a_page_of_another_site_is_refused(relation: str, is_refused: bool) -> None:
    assert bool(find_objection("GET", {**OWN, "Sec-Fetch-Site": relation}, PORT)) is is_refused


def ask(
    url: str, method: str = "GET", path: str = "/", body: bytes = b"", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Send a raw request, with `_` in header names as hyphens, and return the response."""
    place = urllib.parse.urlsplit(url)
    with closing(http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)) as asked:
        asked.putrequest(method, path, skip_host="Host" in headers)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            asked.putheader(name.replace("_", "-"), value)
        asked.endheaders(body)
        answer = asked.getresponse()
        given = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, given, answer.read()


def no_permission_in(headers: dict[str, str]) -> bool:
    return not [name for name in headers if name.startswith("access-control-")]


def launch_body() -> bytes:
    request = {"Action": "RunInstances", "Version": "2016-11-15", "ImageId": IMAGE_ID}
    return urllib.parse.urlencode({**request, "MinCount": "1", "MaxCount": "1"}).encode()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Host": "evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Origin": "null", "Sec_Fetch_Site": "cross-site"},
        {},  # and nobody's key is on it
    ],
)
def test_a_page_launches_nothing(strict_aws: EmbeddedAws, headers: dict[str, str]) -> None:
    signed = "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/ec2/aws4_request"
    status, given, _ = ask(
        strict_aws.endpoint_url,
        "POST",
        body=launch_body(),
        Content_Type="application/x-www-form-urlencoded",
        Authorization=f"{signed}, SignedHeaders=host, Signature={'0' * 64}",
        **headers,
    )
    assert status == 403
    assert no_permission_in(given)
    assert not strict_aws.client("ec2").describe_instances()["Reservations"]


@pytest.mark.parametrize("origin", ["https://evil.example", None])
@pytest.mark.parametrize("path", ["/", "/a-bucket/key", "/moto-api/reset"])
def test_no_preflight_succeeds(strict_aws: EmbeddedAws, path: str, origin: str | None) -> None:
    headers = {"Access_Control_Request_Method": "POST", **({"Origin": origin} if origin else {})}
    status, given, _ = ask(strict_aws.endpoint_url, "OPTIONS", path, b"", **headers)
    assert status == 403
    assert no_permission_in(given)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/moto-api/reset"),
        ("POST", "/moto-api/reset-auth"),
        ("GET", "/moto-api/data.json"),
        ("GET", "/moto-api/"),
        ("GET", "/moto-api"),
        ("POST", "/%6doto-api/reset"),
        ("POST", "/moto-api/seed?a=1"),
        ("POST", "/moto-api/config"),
        ("POST", "/moto-api/state-manager/set-transition"),
        ("POST", "/moto-api/recorder/start-recording"),
        ("POST", "//moto-api/reset"),
        ("GET", "/favicon.ico"),
        ("GET", "/latest/meta-data/iam/security-credentials/"),
        ("PUT", "/latest/api/token"),
    ],
)
def test_motos_own_interface_is_closed(strict_aws: EmbeddedAws, method: str, path: str) -> None:
    strict_aws.client("s3").create_bucket(Bucket="kept")
    status, given, _ = ask(strict_aws.endpoint_url, method, path)
    assert status == 403
    assert no_permission_in(given)
    assert [one["Name"] for one in strict_aws.client("s3").list_buckets()["Buckets"]] == ["kept"]


def test_a_path_of_custom_resources_leads_to_no_service(strict_aws: EmbeddedAws) -> None:
    key = f"Credential={strict_aws.context.administrator.id}/20260101/us-east-1"
    for service in ("ec2", "s3", "sqs"):
        status, _, _ = ask(
            strict_aws.endpoint_url,
            "POST",
            "/cloudformation_us-east-1/cfnresponse",
            launch_body(),
            Content_Type="application/x-www-form-urlencoded",
            Authorization=f"AWS4-HMAC-SHA256 {key}/{service}/aws4_request, SignedHeaders=host",
        )
        assert status == 403
    status, _, _ = ask(strict_aws.endpoint_url, "PUT", "/cloudformation_x/key", b"content")
    assert status == 403


def test_a_bucket_that_lets_pages_in_lets_none_in(strict_aws: EmbeddedAws) -> None:
    storage = strict_aws.client("s3")
    storage.create_bucket(Bucket="open")
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}
    storage.put_bucket_cors(Bucket="open", CORSConfiguration={"CORSRules": [rule]})
    storage.put_object(Bucket="open", Key="page.html", Body=b"page")
    url = storage.generate_presigned_url("get_object", {"Bucket": "open", "Key": "page.html"})
    path = url.removeprefix(strict_aws.endpoint_url)
    assert ask(strict_aws.endpoint_url, path=path)[2] == b"page"
    status, given, _ = ask(strict_aws.endpoint_url, path=path, Origin="https://evil.example")
    assert status == 403
    assert no_permission_in(given)


def test_a_proxys_request_is_refused(strict_aws: EmbeddedAws) -> None:
    own = f"{strict_aws.endpoint_url}/"
    assert ask(strict_aws.endpoint_url, path=own, Host="evil.example")[0] == 403
    assert ask(strict_aws.endpoint_url, path=own)[0] == 403


def test_a_request_without_a_host_is_refused(strict_aws: EmbeddedAws) -> None:
    place = urllib.parse.urlsplit(strict_aws.endpoint_url)
    with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b" 403 " in connection.makefile("rb").readline()


def of_metadata(folder: Path) -> Iterator[str]:
    server = MetadataServer(lambda path: "secret", lambda: False)
    yield server.url
    server.close()


def of_functions(folder: Path) -> Iterator[str]:
    server = RuntimeApi()
    yield f"http://{server.address}"
    server.close()


@pytest.mark.parametrize("serving", [of_metadata, of_functions])
@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "same-site"}],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
def test_no_page_reaches_a_server_of_a_machine_or_a_function(
    tmp_path: Path, serving: object, headers: dict[str, str], method: str
) -> None:
    assert callable(serving)
    for url in serving(tmp_path):
        path = "/latest/meta-data/iam/security-credentials/role"
        status, given, body = ask(url, method, path, b"", **headers)
        assert status == 403
        assert b"secret" not in body
        assert no_permission_in(given)


def said_by(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request)
        return connection.makefile("rb").read()


def test_no_page_reaches_a_machines_commands_even_with_their_token(tmp_path: Path) -> None:
    serve_commands(Commands(None), tmp_path / "control.json")  # type: ignore[arg-type]
    control = json.loads((tmp_path / "control.json").read_text())
    port, asked = control["port"], {"command": "systemctl", "arguments": ["is-system-running"]}
    line = json.dumps({**asked, "token": control["token"]}).encode() + b"\n"
    assert json.loads(said_by(port, line))["output"] == "running\n"

    for no_token in ({}, {"token": ""}, {"token": "0" * 32}):
        assert said_by(port, json.dumps({**asked, **no_token}).encode() + b"\n") == b""
    for other in (b"[]\n", b"\xff\n", b"\n"):
        assert said_by(port, other) == b""
    assert said_by(port, b"POST / HTTP/1.1\r\n") == b""
    with pytest.raises(ConnectionError):
        ask(f"http://127.0.0.1:{port}", "POST", "/", line)
