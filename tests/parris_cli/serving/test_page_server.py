"""The server of the page: what it serves, whom it refuses, and what it passes on."""

import http.client
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.credentials import Credentials

from parris_cli.serving.api_client import ApiClient, Signed, WithToken
from parris_cli.serving.page_server import PageServer
from tests.training_page import FakeApi, fake_api

KEY = "AKIDEXAMPLE"


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with fake_api() as running:
        yield running


@pytest.fixture
def server(api: FakeApi) -> Iterator[PageServer]:
    signed = Signed(Credentials(KEY, "secret"), "us-east-1")
    with PageServer(ApiClient(api.url, signed), 0) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def ask(
    server: PageServer,
    method: str,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> tuple[int, Any, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    connection.request(method, path, body, dict(headers or {}))
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, response.headers, content


def test_the_page_and_its_files_may_load_nothing_from_elsewhere(server: PageServer) -> None:
    kinds = {
        "/": "text/html",
        "/page/page.css": "text/css",
        "/page/page.js": "text/javascript",
        "/page/settings.json": "application/json",
    }
    for path, media_type in kinds.items():
        status, headers, body = ask(server, "GET", path)
        assert (status, headers.get_content_type()) == (200, media_type)
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert b"http://" not in body.replace(b"http://www.w3.org/2000/svg", b"")
        assert b"https://" not in body


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_other_pages_are_refused_before_anything_is_passed_on(
    server: PageServer, api: FakeApi, headers: dict[str, str]
) -> None:
    for method, path in (("GET", "/"), ("GET", "/api/status"), ("POST", "/api/train")):
        assert ask(server, method, path, headers=headers)[0] == 403
    assert api.requests == []


def test_a_request_is_signed_and_passed_on_with_what_the_api_reads(
    server: PageServer, api: FakeApi
) -> None:
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": "one",
        "Cookie": "a=1",
        "Authorization": "Basic x",
    }
    status, _, body = ask(server, "POST", "/api/train", b"{}", headers)
    assert (status, b"job_id" in body) == (202, True)
    ((method, path, got, sent),) = api.requests
    assert (method, path, sent) == ("POST", "/train", b"{}")
    assert got["authorization"].startswith(f"AWS4-HMAC-SHA256 Credential={KEY}/")
    assert got["idempotency-key"] == "one"
    assert "cookie" not in got


def test_a_query_is_passed_on_and_other_paths_are_not(server: PageServer, api: FakeApi) -> None:
    assert ask(server, "GET", "/api/status?task_type=images")[0] == 200
    assert api.requests[0][1] == "/status?task_type=images"
    for path in ("/other", "/api/../x", "/api/jobs/a/b", "/api/jobs/%2e%2e/stop", "/page.html"):
        assert ask(server, "GET", path)[0] == 404
    assert len(api.requests) == 1


def test_a_token_is_sent_where_there_is_one(api: FakeApi) -> None:
    for token, expected in (("abc", "Bearer abc"), ("", None)):
        ApiClient(api.url, WithToken(token)).send("GET", "/status", b"", {})
        assert api.requests[-1][2].get("authorization") == expected


def test_a_large_file_is_uploaded_with_the_form_that_the_api_opens(
    server: PageServer, api: FakeApi
) -> None:
    query = "format=csv&task_type=text"
    status, _, body = ask(server, "POST", f"/upload?{query}", b"text,label\n")
    assert (status, b"inputs/training/text/uploads/" in body) == (201, True)
    opened, stored = api.requests
    assert opened[3] == b'{"format": "csv", "task_type": "text"}'
    assert "authorization" not in stored[2]
    assert b'name="key"\r\n\r\nk\r\n' in stored[3]
    assert stored[3].index(b'name="file"') > stored[3].index(b'name="key"')
    assert b"text,label\n" in stored[3]


def test_an_api_that_cannot_be_reached_is_a_problem(api: FakeApi) -> None:
    with PageServer(ApiClient("http://127.0.0.1:9", WithToken("")), 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        status, headers, body = ask(server, "GET", "/api/status")
        server.shutdown()
        thread.join()
    assert (status, headers["Content-Type"]) == (502, "application/problem+json")
    assert b"AWS cannot be reached" in body


def test_a_body_of_unknown_size_is_refused(server: PageServer, api: FakeApi) -> None:
    assert ask(server, "POST", "/api/train", b"", {"Content-Length": "99999999999"})[0] == 413
    assert api.requests == []
