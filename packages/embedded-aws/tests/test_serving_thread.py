"""A server responds for as long as its thread serves it."""

import http.client
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from embedded_aws.serving_thread import ServingThread


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def test_requests_are_answered_until_it_is_stopped() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    serving = ServingThread(server)
    for _ in range(2):
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()
    serving.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.server_port))
