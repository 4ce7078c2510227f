"""Sends requests to the training API of a deployment: signed, with a token, or as they are."""

from __future__ import annotations

import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from botocore.credentials import Credentials

_TIMEOUT_SECONDS = 40
_PASSED_ON = ("content-type", "idempotency-key")
_ANSWERED = ("content-type", "location", "retry-after")


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """A response of the API."""

    status: int
    headers: dict[str, str]
    body: bytes


class Authorization(Protocol):
    """Adds what the API requires to the headers of a request."""

    def headers(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str]
    ) -> dict[str, str]:
        """Return all headers of the request."""


class Signed:
    """Signs requests with the credentials of an identity."""

    def __init__(self, credentials: Credentials, region: str) -> None:
        self._auth = SigV4Auth(credentials, "execute-api", region)

    def headers(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str]
    ) -> dict[str, str]:
        """Return all headers of the request."""
        request = AWSRequest(method, url, dict(headers), body)
        self._auth.add_auth(request)
        return dict(request.headers.items())


class WithToken:
    """Sends a token, or nothing where there is none."""

    def __init__(self, token: str) -> None:
        self._token = token

    def headers(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str]
    ) -> dict[str, str]:
        """Return all headers of the request."""
        added = {"authorization": f"Bearer {self._token}"} if self._token else {}
        return {**headers, **added}


class ApiClient:
    """The training API of one deployment."""

    def __init__(self, url: str, authorization: Authorization) -> None:
        self._url = url.rstrip("/")
        self._authorization = authorization

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> ApiAnswer:
        """Send a request to a path of the API, with those of its headers that the API reads."""
        named = {name.lower(): value for name, value in headers.items()}
        kept = {name: named[name] for name in _PASSED_ON if name in named}
        url = f"{self._url}{path}"
        signed = self._authorization.headers(method, url, body, kept)
        data = body if method == "POST" else None
        return _answer_to(urllib.request.Request(url, data, signed, method=method))


def post_form(url: str, fields: Mapping[str, str], file: bytes) -> ApiAnswer:
    """Upload a file to S3 with a form that the API has opened."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="data"\r\n\r\n'
    body = "".join([*parts, head]).encode() + file + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return _answer_to(urllib.request.Request(url, body, headers, method="POST"))


def _answer_to(request: urllib.request.Request) -> ApiAnswer:
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response:
            return _answer(response.status, response.headers.items(), response.read())
    except urllib.error.HTTPError as err:
        with err:
            return _answer(err.code, err.headers.items(), err.read())


def _answer(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> ApiAnswer:
    named = {name.lower(): value for name, value in headers}
    return ApiAnswer(status, {name: named[name] for name in _ANSWERED if name in named}, body)
