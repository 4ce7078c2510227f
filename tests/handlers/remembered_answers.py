"""Asks AWS each question once: for tests that ask thousands of times, and only read."""

from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from embedded_aws import in_process_calls
from embedded_aws.in_process_calls import Body


def remember_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer each request that came before as it was answered then."""
    known: dict[tuple[Any, ...], tuple[int, Any, bytes]] = {}
    send = in_process_calls.send

    def send_once(request: AWSPreparedRequest) -> AWSResponse:
        target = request.headers.get("X-Amz-Target")
        question = (request.method, request.url, request.body, target)
        if question not in known:
            answer = send(request)
            known[question] = (answer.status_code, answer.headers, answer.content)
        status, headers, body = known[question]
        return AWSResponse(request.url, status, headers, Body(body))

    monkeypatch.setattr(in_process_calls, "send", send_once)
