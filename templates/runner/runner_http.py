"""Sends signed requests to AWS over persistent connections, one for each thread and host.

Each call of the `aws` command takes a second of processor time or more, and much longer on a small
instance. That is too slow for thousands of results and for sending the log every few seconds.
docs/decisions/0014 has the details.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, Union
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from runner_clock import read_metadata
from runner_credentials import Credentials, RoleCredentials
from runner_signing import UNSIGNED_PAYLOAD, encode_query, sign

_TIMEOUT_SECONDS = 30.0
_TRANSIENT_STATUSES = (429, 500, 502, 503, 504)
_TRANSIENT_CODES = ("Slow", "Throttl", "RequestTimeout", "RequestLimit", "BadDigest", "Unavailable")
_EXPIRED_CODES = ("ExpiredToken", "InvalidToken", "InvalidAccessKeyId", "UnrecognizedClient")
_CODE = re.compile(r"<Code>([^<]*)</Code>|\"__type\"\s*:\s*\"(?:[^\"]*#)?([^\"]*)\"")
_MESSAGE = re.compile(r"<Message>([^<]*)</Message>|\"[mM]essage\"\s*:\s*\"([^\"]*)\"")
_LONGEST_ERROR_CHARACTERS = 300


class Body(Protocol):
    """A request body that is sent in pieces and can be sent again."""

    length: int

    def rewind(self) -> None:
        """Go back to the start."""

    def read(self, size: int = -1) -> bytes:
        """Return the next piece, which is empty at the end."""


Payload = Union[bytes, Body]


class AwsError(Exception):
    """AWS rejected a request or was not reachable; in the second case `code` is empty."""

    def __init__(self, code: str, text: str, is_transient: bool, bucket_region: str = "") -> None:
        """Store the details of the error."""
        super().__init__(f"{code}: {text}" if code else text)
        self.code = code
        self.is_transient = is_transient
        self.bucket_region = bucket_region


@dataclass(frozen=True)
class Response:
    """A response of AWS. The names of `headers` are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Request:
    """A request. `host` is the authority of the URL, and `path` is encoded."""

    service: str
    region: str
    method: str
    base: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Payload = b""


class CredentialsSource(Protocol):
    """Where credentials come from."""

    def current(self) -> Credentials:
        """Return valid credentials.

        Raises:
            OSError: if there are none.
        """

    def forget(self) -> None:
        """Fetch new ones next time, because AWS has rejected these."""


class AwsClient:
    """Sends requests with the role's credentials, or with given ones. It is thread-safe."""

    def __init__(self, credentials: CredentialsSource | None = None) -> None:
        """Open no connection yet."""
        self._credentials = credentials or RoleCredentials()
        self._threads = threading.local()
        self._tls: ssl.SSLContext | None = None

    def send(self, request: Request, timeout_seconds: float = _TIMEOUT_SECONDS) -> Response:
        """Return the response of a successful request.

        Raises:
            AwsError: if the request fails or there is no response.
        """
        try:
            response = self._exchange(request, min(timeout_seconds, _TIMEOUT_SECONDS))
        except (OSError, http.client.HTTPException) as error:
            raise AwsError("", f"{type(error).__name__}: {error}", True) from error
        if 200 <= response.status < 300:
            return response
        raise self._error_of(response)

    def _error_of(self, response: Response) -> AwsError:
        text = response.body.decode("utf-8", errors="replace")
        code, message = _first(_CODE, text), _first(_MESSAGE, text) or text
        if code.startswith(_EXPIRED_CODES):
            self._credentials.forget()
        is_transient = response.status in _TRANSIENT_STATUSES or code.startswith(
            _TRANSIENT_CODES + _EXPIRED_CODES
        )
        region = response.headers.get("x-amz-bucket-region", "")
        text = message[:_LONGEST_ERROR_CHARACTERS]
        return AwsError(code or str(response.status), text, is_transient, region)

    def _exchange(self, request: Request, timeout_seconds: float) -> Response:
        payload = request.body
        length = len(payload) if isinstance(payload, bytes) else payload.length
        # S3 accepts unsigned bodies, so that large ones need not be read for a hash.
        hashed = UNSIGNED_PAYLOAD
        if isinstance(payload, bytes):
            hashed = hashlib.sha256(payload).hexdigest()
        headers = sign(
            request.method,
            request.path,
            request.query,
            {**request.headers, "host": urlsplit(request.base).netloc},
            hashed,
            request.service,
            request.region,
            self._credentials.current(),
            time.time(),
        )
        headers["content-length"] = str(length)
        target = request.path
        if request.query:
            target += f"?{encode_query(request.query)}"
        for is_last in (False, True):
            connection, is_new = self._connection(request.base, timeout_seconds)
            if not isinstance(payload, bytes):
                payload.rewind()
            try:
                connection.request(request.method, target, payload, headers)
                received = connection.getresponse()
                found = {name.lower(): value for name, value in received.getheaders()}
                return Response(received.status, found, received.read())
            except (OSError, http.client.HTTPException):
                self._drop(request.base)
                # AWS may have closed the persistent connection in the meantime.
                if is_new or is_last:
                    raise
            except BaseException:
                self._drop(request.base)
                raise
        raise AssertionError("the loop returns or raises")

    def _connection(
        self, base: str, timeout_seconds: float
    ) -> tuple[http.client.HTTPConnection, bool]:
        open_ones = self._threads.__dict__.setdefault("connections", {})
        known = open_ones.get(base)
        if known is not None:
            if known.sock is not None:
                known.sock.settimeout(timeout_seconds)
            return known, known.sock is None
        made = open_ones[base] = self._connect(base, timeout_seconds)
        return made, True

    def _drop(self, base: str) -> None:
        known = self._threads.__dict__.get("connections", {}).pop(base, None)
        if known is not None:
            known.close()

    def _connect(self, base: str, timeout_seconds: float) -> http.client.HTTPConnection:
        parts = urlsplit(base)
        host, is_tls = parts.hostname or "", parts.scheme == "https"
        proxy = None if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme)
        via = urlsplit(proxy if proxy and "//" in proxy else f"//{proxy}") if proxy else parts
        connection: http.client.HTTPConnection
        if is_tls:
            if self._tls is None:
                self._tls = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
            connection = http.client.HTTPSConnection(
                via.hostname or "",
                via.port or 443,
                timeout=timeout_seconds,
                context=self._tls,
                blocksize=65536,
            )
        else:
            connection = http.client.HTTPConnection(
                via.hostname or "", via.port or 80, timeout=timeout_seconds, blocksize=65536
            )
        if proxy:
            connection.set_tunnel(host, parts.port or (443 if is_tls else 80))
        return connection


def endpoint(service: str, region: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the endpoint of a service. As for the `aws` command, the environment may set it."""
    for name in (f"AWS_ENDPOINT_URL_{service.upper()}", "AWS_ENDPOINT_URL"):
        if environment.get(name):
            return environment[name].rstrip("/")
    return f"https://{service}.{region}.{_domain(region)}"


def _domain(region: str) -> str:
    try:
        return read_metadata("meta-data/services/domain").strip() or "amazonaws.com"
    except (OSError, ValueError):
        return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return next((group for group in found.groups() if group), "") if found else ""
