"""The Lambda Runtime API for one function's process, with only the standard library.

The process requests the next invocation and blocks until there is one; it posts the response, or
the error, with the request's id. In addition to Lambda's paths there is `/sleep`: see sleepless.py.
"""

import math
import queue
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any

from embedded_aws.serving_thread import ServingThread
from embedded_aws.web_requests import GuardedHandler

_RUNTIME = "/2018-06-01/runtime"


@dataclass(slots=True)
class Invocation:
    """One event for the function, and its response.

    `deadline_at_ms` is the deadline that the function receives, in machine time; `gives_up_at` is
    the same by `time.monotonic`. `slept_seconds` is how long it has slept without time passing.
    """

    payload: bytes
    deadline_at_ms: int
    function_arn: str
    gives_up_at: float = math.inf
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    trace_id: str = field(default_factory=lambda: make_trace_id())
    slept_seconds: float = 0.0
    is_error: bool = False
    answer: bytes | None = None
    answered: threading.Event = field(default_factory=threading.Event)

    def is_too_late(self) -> bool:
        """Return whether the function has used up its time, including its sleeps."""
        return time.monotonic() + self.slept_seconds > self.gives_up_at

    def finish(self, answer: bytes, is_error: bool) -> None:
        """Store the response, unless there already is one."""
        if not self.answered.is_set():
            self.answer, self.is_error = answer, is_error
            self.answered.set()


class RuntimeApi:
    """Serves one function's process. `address` is the value of AWS_LAMBDA_RUNTIME_API.

    `ready_at` is when the process first asked for an event, by `time.monotonic`; None before.
    """

    def __init__(self) -> None:
        """Start to listen on a free port of 127.0.0.1."""
        self.waiting: queue.Queue[Invocation | None] = queue.Queue()
        self.running: dict[str, Invocation] = {}
        self.init_error: bytes | None = None
        self.ready_at: float | None = None
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self.address = f"127.0.0.1:{self._server.server_port}"
        self._serving = ServingThread(self._server)

    def submit(self, invocation: Invocation) -> None:
        """Pass an invocation to the process; `invocation.answered` is set when it has finished."""
        self.running[invocation.request_id] = invocation
        if self.init_error is not None:
            invocation.finish(self.init_error, is_error=True)
        else:
            self.waiting.put(invocation)

    def sleep(self, seconds: float) -> None:
        """Count the function's sleep; if it exceeds the timeout, return only after its end."""
        for invocation in list(self.running.values()):
            invocation.slept_seconds += seconds
            if invocation.is_too_late():
                invocation.answered.wait()

    def report_init_error(self, body: bytes) -> None:
        """The process could not load the handler: every invocation gets that error."""
        self.init_error = body
        for invocation in list(self.running.values()):
            invocation.finish(body, is_error=True)

    def close(self) -> None:
        """Stop to listen."""
        self.waiting.put(None)
        self._serving.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    api: RuntimeApi

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore errors: a killed process leaves a broken connection behind."""


class _Handler(GuardedHandler):
    protocol_version = "HTTP/1.1"
    # Without these two, every warm invocation waits for a delayed acknowledgement, about 44 ms.
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        """Respond to `invocation/next` with the next event, once there is one."""
        if self.server.api.ready_at is None:
            self.server.api.ready_at = time.monotonic()
        invocation = self.server.api.waiting.get()
        if invocation is None:
            self._send(410, b"", {})
            return
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_at_ms),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
            "Lambda-Runtime-Trace-Id": invocation.trace_id,
        }
        self._send(200, invocation.payload, headers)

    def do_POST(self) -> None:
        """Accept a response, an error, an error of loading the handler, or a sleep's duration."""
        body = self._read_body()
        path = self.path.removeprefix(_RUNTIME).strip("/").split("/")
        if path[0] == "sleep":
            self.server.api.sleep(float(body))
        elif path[0] == "init":
            self.server.api.report_init_error(body)
        else:
            invocation = self.server.api.running.pop(path[1], None)
            if invocation is not None:
                invocation.finish(body, is_error=path[2] == "error")
        self._send(202, b'{"status":"OK"}', {"Content-Type": "application/json"})

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: a line for each invocation helps nobody."""

    def _read_body(self) -> bytes:
        length = self.headers.get("Content-Length")
        if length is not None:
            return self.rfile.read(int(length))
        body = b""
        while size := int(self.rfile.readline().strip() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def make_trace_id() -> str:
    """Return a new trace id, as Lambda gives one to each invocation."""
    return f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Sampled=0"
