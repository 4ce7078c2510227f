"""Clients that call the running embedded AWS in this process, without a socket.

The requests are the same, signed and checked, and so are the responses; what is saved is the time
of connections, of threads and of HTTP itself. Such a client outlives one embedded AWS and calls the
next one, if that has the same access key.
"""

import io
import logging
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError

from embedded_aws.context import current
from embedded_aws.http_server import application_of

_logger = logging.getLogger(__name__)
_MOST_PIECE_BYTES = 1 << 16
_WITHOUT_PREFIX = ("CONTENT_TYPE", "CONTENT_LENGTH")


def call_in_process(client: Any) -> Any:
    """Make a boto3 client call in this process, and return it."""
    client.meta.events.register("before-send", _answer, unique_id="in-process")
    return client


def _answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    return send(request)


class Body(io.BytesIO):
    """The body of a response: what botocore reads of a response of urllib3."""

    def stream(self) -> Iterator[bytes]:
        """Return its pieces."""
        while piece := self.read(_MOST_PIECE_BYTES):
            yield piece


class _Connection:
    """Stands for the socket of a request, which a fault may break."""

    is_broken = False

    def shutdown(self, how: int) -> None:
        self.is_broken = True


def send(request: AWSPreparedRequest) -> AWSResponse:
    """Return the running embedded AWS's response.

    Raises:
        ConnectionClosedError: when a fault breaks the connection.
    """
    begun: list[Any] = []
    connection = _Connection()

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        begun[:] = [int(status.split()[0]), headers]

    environ = {**_environ_of(request), "werkzeug.socket": connection}
    try:
        body = b"".join(application_of(current())(environ, start_response))
    except Exception:  # as moto's server does
        _logger.exception("%s %s failed", request.method, request.url)
        begun, body = [500, []], b""
    if connection.is_broken:
        raise ConnectionClosedError(endpoint_url=request.url)
    status_code, headers = begun
    raw = Body(b"" if request.method == "HEAD" else body)
    return AWSResponse(request.url, status_code, headers, raw)


def _environ_of(request: AWSPreparedRequest) -> dict[str, Any]:
    """Return what moto's server would make of the request."""
    url = urlsplit(request.url)
    target = f"{url.path}?{url.query}" if url.query else url.path
    body = _bytes_of(request.body)
    environ: dict[str, Any] = {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
        "QUERY_STRING": url.query,
        "REQUEST_URI": target,
        "RAW_URI": target,
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc,
        "CONTENT_LENGTH": str(len(body)),
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        environ[key if key in _WITHOUT_PREFIX else f"HTTP_{key}"] = text
    return environ


def _bytes_of(body: Any) -> bytes:
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body or b"")
