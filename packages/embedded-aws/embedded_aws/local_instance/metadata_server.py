"""The instance metadata service (IMDSv2) of one machine, on an address of its own."""

import secrets
import time
from collections.abc import Callable
from http.server import ThreadingHTTPServer

from embedded_aws.serving_thread import ServingThread
from embedded_aws.web_requests import GuardedHandler

_TOKEN_PATH = "/latest/api/token"
_TTL_HEADER = "X-aws-ec2-metadata-token-ttl-seconds"
_TOKEN_HEADER = "X-aws-ec2-metadata-token"
_LONGEST_TTL_SECONDS = 21600


class MetadataServer:
    """Serves what `read` returns, to clients that have a token.

    Args:
        read: returns the text of a path such as `meta-data/instance-id`, or None for 404.
        is_token_required: False also allows the old version without tokens.
    """

    def __init__(
        self, read: Callable[[str], str | None], is_token_required: Callable[[], bool]
    ) -> None:
        """Start serving on 127.0.0.1."""
        self._read = read
        self._is_token_required = is_token_required
        self._expires_at: dict[str, float] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        self._serving = ServingThread(self._server)

    @property
    def url(self) -> str:
        """The address used in place of http://169.254.169.254."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop serving."""
        self._serving.stop()

    def make_token(self, ttl_seconds: str) -> str | None:
        """Return a new token, or None if the time to live is not allowed."""
        if not ttl_seconds.isdigit() or not 1 <= int(ttl_seconds) <= _LONGEST_TTL_SECONDS:
            return None
        token = secrets.token_urlsafe(40)
        self._expires_at[token] = time.monotonic() + int(ttl_seconds)
        return token

    def answer(self, path: str, token: str | None) -> tuple[int, str]:
        """Return the status and the text for one request."""
        if token is None and self._is_token_required():
            return 401, "Unauthorized"
        if token is not None and self._expires_at.get(token, 0) < time.monotonic():
            return 401, "Unauthorized"
        text = self._read(path.partition("/latest/")[2])
        return (404, "Not Found") if text is None else (200, text)


def _handler_for(server: MetadataServer) -> type[GuardedHandler]:
    class Handler(GuardedHandler):
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_PUT(self) -> None:
            """Return a token; a request that came through a proxy gets none."""
            ttl_seconds = self.headers.get(_TTL_HEADER, "")
            if self.path != _TOKEN_PATH or self.headers.get("X-Forwarded-For"):
                self._send(403, "Forbidden")
                return
            token = server.make_token(ttl_seconds)
            self._send(200 if token else 400, token or "Bad Request", ttl_seconds)

        def do_GET(self) -> None:
            """Respond to one request."""
            status, text = server.answer(self.path, self.headers.get(_TOKEN_HEADER))
            self._send(status, text)

        def _send(self, status: int, text: str, ttl_seconds: str = "") -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            if ttl_seconds:
                self.send_header(_TTL_HEADER, ttl_seconds)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    return Handler
