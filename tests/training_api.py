"""Requests to the training API, whose responses are compared with its description."""

import http.client
import json
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

DESCRIPTION: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "config" / "training-api.openapi.json").read_text("utf-8")
)
_METHODS = ("get", "post")


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; `body` is its JSON, or its text if it is none."""

    status: int
    headers: Mapping[str, str]
    body: Any


class TrainingApi:
    """The API of a deployment on the embedded AWS."""

    def __init__(self, endpoint_url: str, api_url: str) -> None:
        api_id = urllib.parse.urlsplit(api_url).netloc.partition(".")[0]
        self.url = f"{endpoint_url}/_apis/{api_id}"

    def get(self, path: str) -> Answer:
        """Read something."""
        return self.ask("GET", path)

    def post(self, path: str, content: Any = None, **headers: str) -> Answer:
        """Request something; names of headers are given with underscores."""
        body = b"" if content is None else json.dumps(content).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", path, body, {"Content-Type": "application/json", **named})

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request, and require that its response is described."""
        parts = urllib.parse.urlsplit(f"{self.url}{path}")
        connection = http.client.HTTPConnection(parts.netloc, timeout=60)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body or None, dict(headers or {}))
        response = connection.getresponse()
        content = response.read()
        connection.close()
        named = {name.lower(): value for name, value in response.headers.items()}
        is_json = "json" in named.get("content-type", "")
        read: Any = json.loads(content) if is_json else content.decode()
        answer = Answer(response.status, named, read)
        assert_described(method, parts.path.partition("/_apis/")[2].partition("/")[2], answer)
        return answer


def assert_described(method: str, path: str, answer: Answer) -> None:
    """Require that the description has this response of this operation, with such a body."""
    responses = _operation(method, f"/{path}")["responses"]
    described = responses[str(answer.status)]
    if "$ref" in described:
        described = DESCRIPTION["components"]["responses"][described["$ref"].rpartition("/")[2]]
    if "content" not in described:
        assert not answer.body
        return
    media_type = answer.headers["content-type"].partition(";")[0]
    schema = {**described["content"][media_type]["schema"], "components": DESCRIPTION["components"]}
    problems = [one.message for one in Draft202012Validator(schema).iter_errors(answer.body)]
    assert not problems, (method, path, answer, problems)


def _operation(method: str, path: str) -> Any:
    for template, item in DESCRIPTION["paths"].items():
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path):
            return item[method.lower()]
    raise AssertionError(f"{path} is not described")


def routes() -> set[str]:
    """Return the routes that the description has, as API Gateway spells them."""
    return {
        f"{method.upper()} {path}"
        for path, item in DESCRIPTION["paths"].items()
        for method in _METHODS
        if method in item
    }
