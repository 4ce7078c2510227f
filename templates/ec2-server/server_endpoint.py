"""Gives a job its credentials on a local address, as Amazon ECS gives them to a container.

Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

from __future__ import annotations

import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from server_credentials import JobCredentials


class CredentialsEndpoint:
    """Serves on 127.0.0.1 to whoever knows the job's token, until it is closed."""

    def __init__(self, credentials: JobCredentials, token: str, port: int) -> None:
        """Begin to serve.

        Args:
            credentials: those of the job.
            token: what a request must contain.
            port: 0 for any that is free.

        Raises:
            OSError: if the port is in use.
        """
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(credentials, token))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """The port that it serves on."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def _handler(credentials: JobCredentials, token: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Respond to a request for credentials."""
            given = self.headers.get("Authorization", "")
            if not hmac.compare_digest(given.encode(), token.encode()):
                self._send(403, {"Message": "the token of the job is missing"})
                return
            try:
                self._send(200, credentials.as_of_container())
            except OSError as error:
                self._send(503, {"Message": str(error)})

        def _send(self, status: int, content: dict[str, str]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    return Handler
