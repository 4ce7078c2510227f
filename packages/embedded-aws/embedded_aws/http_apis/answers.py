"""Responses of an HTTP API: API Gateway's own, and those that a function has returned.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """A response. `cookies` become one Set-Cookie header each."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()

    @property
    def status_line(self) -> str:
        """Return the status with its phrase."""
        known = self.status in {one.value for one in HTTPStatus}
        return f"{self.status} {HTTPStatus(self.status).phrase if known else 'Unknown'}"

    def header_list(self) -> list[tuple[str, str]]:
        """Return all headers."""
        headers = [*self.headers.items(), *(("Set-Cookie", one) for one in self.cookies)]
        return [*headers, ("Content-Length", str(len(self.body)))]


def message(status: int, text: str, **headers: str) -> ApiAnswer:
    """Return a response of API Gateway itself."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps({"message": text}).encode()
    return ApiAnswer(status, body, {"Content-Type": "application/json", **named})


FAILED = message(500, "Internal Server Error")
"""Whatever is wrong with a function or with what it returns."""


def answer_of(payload: bytes, *, is_error: bool) -> ApiAnswer:
    """Return the response that a function's result stands for."""
    if is_error:
        return FAILED
    try:
        result = json.loads(payload)
    except ValueError:
        return FAILED
    if not isinstance(result, dict) or "statusCode" not in result:
        # Without a status the whole result is the body of a response in JSON.
        return ApiAnswer(200, payload, {"Content-Type": "application/json"})
    return _answer(result)


def _answer(result: dict[str, Any]) -> ApiAnswer:
    try:
        status = int(result["statusCode"])
        body = result.get("body") or ""
        content = base64.b64decode(body) if result.get("isBase64Encoded") else str(body).encode()
        headers = {str(name).lower(): str(one) for name, one in result.get("headers", {}).items()}
        cookies = tuple(str(one) for one in result.get("cookies", ()))
    except (AttributeError, TypeError, ValueError):
        return FAILED
    # As API Gateway has it for a body without a type.
    headers.setdefault("content-type", "text/plain;charset=UTF-8")
    headers.pop("content-length", None)
    return ApiAnswer(status, content, headers, cookies)
