"""A training API that says what a test has told it, for the page and the server of the page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from embedded_aws_helpers.web_server import JsonHandler, serving
from tests.training_api import Answer, assert_described

JOB: dict[str, Any] = {
    "job_id": "text-0123456789abcdef01234567",
    "step": "active",
    "training_job_name": "reviews",
    "submitted_at": "2031-05-01T12:00:00.000Z",
    "reason": None,
    "cause": None,
    "runtime_seconds": 1500,
    "time_limit_seconds": 3600,
    "ends_by": "2031-05-01T13:00:00.000Z",
    "cost_usd": "0.3120",
    "cost_limit_usd": "1",
    "metrics": {"loss": {"value": 0.21, "step": 20, "at": "2031-05-01T12:20:00.000Z"}},
}
ENDED = {
    **JOB,
    "job_id": "text-fedcba9876543210fedcba98",
    "step": "sleeping",
    "reason": "COMPLETED",
    "submitted_at": "2031-04-30T09:00:00.000Z",
}
SERIES = {
    "loss": [[float(step), 1.6 / (1 + step / 3)] for step in range(1, 21)],
    "accuracy": [[float(step), 1 - 0.5 / step] for step in range(1, 21)],
}
LOG = ["parris: starting train.py", *(f"step={step} loss=0.5" for step in range(1, 9))]
INVALID = {
    "type": "https://parris.invalid/problems/invalid",
    "title": "The request has violations",
    "status": 422,
    "detail": "3 found",
    "violation_count": 3,
    "violations": [
        {"path": "/config/termination-options/time-limit", "row": None, "column": None,
         "message": "found 9000, expected at most 8700 hours"},
        {"path": "/data", "row": 3, "column": None, "message": "this row is empty"},
        {"path": "/data", "row": 4, "column": "id", "message": "row 2 has the same id"},
    ],
}  # fmt: skip


class FakeApi:
    """The state of the API: which job it has, and the requests that it got."""

    def __init__(self) -> None:
        self.url = ""
        self.job: dict[str, Any] | None = None
        self.kinds = ["text", "images"]
        self.refusal: dict[str, Any] | None = None
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []

    def answer(self, method: str, path: str, query: str) -> tuple[int, Any]:
        """Return status and body of a response."""
        if method == "GET" and path == "/status":
            step = "sleeping" if self.job is None else self.job["step"]
            kind = query.removeprefix("task_type=") or self.kinds[0]
            return 200, {"status": step, "dev_mode": False, "task_type": kind,
                         "task_types": self.kinds, "job": self.job, "message": None,
                         "updated_at": "2031-05-01T12:25:00.000Z"}  # fmt: skip
        if method == "GET" and path == "/jobs":
            return 200, {"jobs": [one for one in (self.job, ENDED) if one is not None]}
        if path.endswith("/results"):
            file = {"name": "model.json", "size_bytes": 812, "url": f"{self.url}/model.json"}
            return 200, {"files": [file], "expires_in_seconds": 900}
        if path.endswith("/stop") and self.job is not None:
            self.job = {**self.job, "step": "stopping"}
            return 202, self.job
        if path.startswith("/jobs/"):
            shown = self.job if self.job and path.endswith(self.job["job_id"]) else ENDED
            return 200, {**shown, "log": LOG, "series": SERIES}
        if path == "/train" and self.refusal is not None:
            return 422, self.refusal
        if path == "/train":
            self.job = dict(JOB)
            return 202, {"job_id": self.job["job_id"], "task_type": "text"}
        if path == "/uploads":
            return 201, {"upload": "inputs/training/text/uploads/a1/data.csv",
                         "url": f"{self.url}/bucket", "fields": {"key": "k"},
                         "most_bytes": 1 << 25, "expires_in_seconds": 3600}  # fmt: skip
        raise AssertionError((method, path))


@contextmanager
def fake_api() -> Iterator[FakeApi]:
    """Serve one on a free port; what it says is compared with the description of the API."""
    api = FakeApi()

    class Handler(JsonHandler):
        def do_GET(self) -> None:
            self._respond(b"")

        def do_POST(self) -> None:
            self._respond(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def _respond(self, body: bytes) -> None:
            path, _, query = self.path.partition("?")
            headers = {name.lower(): value for name, value in self.headers.items()}
            api.requests.append((self.command, self.path, headers, body))
            if path == "/bucket":
                self.send_response(204)
                self.end_headers()
                return
            status, content = api.answer(self.command, path, query)
            kind = "application/problem+json" if status >= 400 else "application/json"
            assert_described(
                self.command,
                path.removeprefix("/"),
                Answer(status, {"content-type": kind}, content),
            )
            self.send_json(status, content, Content_Type=kind)

    with serving(Handler) as api.url:
        yield api
