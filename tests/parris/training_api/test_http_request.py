"""Requests in payload format 2.0, and their responses."""

import base64
import json
from typing import Any

import pytest

from parris.payloads import Payload
from parris.training_api.http_request import MOST_BODY_BYTES, HttpRequest, HttpResponse
from parris.training_api.problem import Problem, invalid


def event(**changes: Any) -> Payload:
    return {
        "routeKey": "POST /train",
        "headers": {"content-type": "application/json; charset=utf-8"},
        "requestContext": {"requestId": "r1", "timeEpoch": 1_930_000_000_000},
        **changes,
    }


def test_a_request_is_read() -> None:
    body = base64.b64encode(b'{"a": 1}').decode()
    request = HttpRequest.from_event(event(body=body, isBase64Encoded=True))
    assert request.json() == {"a": 1}
    assert request.now.year == 2031
    assert request.caller == ""


@pytest.mark.parametrize(
    ("authorizer", "caller"),
    [
        ({"jwt": {"claims": {"sub": "0b1c", "email": "ada@example.com"}}}, "ada@example.com"),
        ({"jwt": {"claims": {"sub": "0b1c"}}}, "0b1c"),
        ({"iam": {"userArn": "arn:aws:iam::123456789012:user/team/ada"}}, "ada"),
    ],
)
def test_the_caller_is_who_was_authorized(authorizer: Payload, caller: str) -> None:
    context = {"requestId": "r1", "timeEpoch": 0, "authorizer": authorizer}
    assert HttpRequest.from_event(event(requestContext=context)).caller == caller


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"body": "{"}, 400),
        ({"body": ""}, 400),
        ({"body": "[]"}, 400),
        ({"body": '{"a": NaN}'}, 400),
        ({"body": "[" * 100_000}, 400),
        ({"body": "!", "isBase64Encoded": True}, 400),
        ({"body": "{}", "headers": {"content-type": "text/csv"}}, 415),
        ({"body": " " * (MOST_BODY_BYTES + 1)}, 413),
    ],
)
def test_a_body_that_cannot_be_used(changes: Payload, status: int) -> None:
    with pytest.raises(Problem) as caught:
        HttpRequest.from_event(event(**changes)).json()
    assert caught.value.status == status


def test_a_problem_is_problem_details() -> None:
    violation: Payload = {"path": "/data", "row": 3, "column": "id", "message": "twice"}
    response = HttpResponse.of(invalid([violation], 250)).to_payload()
    assert response["statusCode"] == 422
    headers = response["headers"]
    assert isinstance(headers, dict)
    assert headers["content-type"] == "application/problem+json"
    assert headers["cache-control"] == "no-store"
    body = json.loads(str(response["body"]))
    assert body["violation_count"] == 250
    assert body["violations"] == [violation]
    assert (body["status"], body["detail"]) == (422, "250 found; 1 listed")
