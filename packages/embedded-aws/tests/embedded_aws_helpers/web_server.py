"""An HTTP server of a test, which answers in JSON."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from embedded_aws.serving_thread import ServingThread


class JsonHandler(BaseHTTPRequestHandler):
    """Handles requests without a line in the log of each."""

    def send_json(self, status: int, content: Any, **headers: str) -> None:
        """Respond; `_` in the name of a header stands for `-`."""
        body = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content_Type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on a free port of this machine, and return the URL, without a trailing slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = ServingThread(server)
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        thread.stop()
