"""Replaces awslambdaric's native `runtime_client`, which is built on Linux only.

It has the same functions with the same results, over the Lambda Runtime API. A function's process
imports this file on its own, so it may use only the standard library.
"""

import http.client
import os
from typing import Any

_INVOCATION = "/2018-06-01/runtime/invocation"
_SUCCESSES = range(200, 300)
_HEADERS = (
    "Lambda-Runtime-Aws-Request-Id",
    "Lambda-Runtime-Trace-Id",
    "Lambda-Runtime-Invoked-Function-Arn",
    "Lambda-Runtime-Client-Context",
    "Content-Type",
    "Lambda-Runtime-Cognito-Identity",
    "Lambda-Runtime-Aws-Tenant-Id",
    "Lambda-Runtime-Invocation-Id",
)
_user_agent = ""


def initialize_client(user_agent: str) -> None:
    """Store the user agent."""
    global _user_agent
    _user_agent = user_agent


def next() -> tuple[bytes, dict[str, Any]]:
    """Return the next event and its headers, once there is one.

    Raises:
        RuntimeError: when the Runtime API returns none.
    """
    status, headers, body = _call("GET", f"{_INVOCATION}/next")
    if status not in _SUCCESSES:
        raise RuntimeError("Failed to get next")
    found: dict[str, Any] = {name: headers.get(name) or None for name in _HEADERS}
    found["Lambda-Runtime-Deadline-Ms"] = int(headers.get("Lambda-Runtime-Deadline-Ms") or 0)
    return body, found


def post_invocation_result(
    invoke_id: str, body: bytes, content_type: str, invocation_id: str | None = None
) -> None:
    """Post the response to an event.

    Raises:
        RuntimeError: when the response is refused.
    """
    headers = {"Content-Type": content_type}
    path = f"{_INVOCATION}/{invoke_id}/response"
    if _post(path, body, headers, invocation_id) not in _SUCCESSES:
        raise RuntimeError("Failed to post invocation response")


def post_error(
    invoke_id: str, error_response: str, xray_cause: str, invocation_id: str | None = None
) -> None:
    """Post an error as the response to an event.

    Raises:
        RuntimeError: when the response is refused.
    """
    headers = {"Content-Type": "application/json"}
    if xray_cause:
        headers["Lambda-Runtime-Function-Xray-Error-Cause"] = xray_cause
    path = f"{_INVOCATION}/{invoke_id}/error"
    if _post(path, error_response.encode(), headers, invocation_id) not in _SUCCESSES:
        raise RuntimeError("Failed to post invocation error")


def _post(path: str, body: bytes, headers: dict[str, str], invocation_id: str | None) -> int:
    if invocation_id:
        headers = {**headers, "Lambda-Runtime-Invocation-Id": invocation_id}
    return _call("POST", path, body, headers)[0]


def _call(
    method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        connection.request(method, path, body, {"User-Agent": _user_agent, **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    except OSError as error:
        raise RuntimeError(f"the Lambda Runtime API does not respond: {error}") from error
    finally:
        connection.close()
