"""Asks AWS each question once: for tests that ask thousands of times, and only read."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

_MOST_PIECE_BYTES = 1 << 16


class _Body(io.BytesIO):
    """What botocore reads of a response of urllib3."""

    def stream(self) -> Iterator[bytes]:
        while piece := self.read(_MOST_PIECE_BYTES):
            yield piece


def remember_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer each request that came before as it was answered then."""
    known: dict[tuple[Any, ...], tuple[int, Any, bytes]] = {}
    send = URLLib3Session.send

    def send_once(session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        target = request.headers.get("X-Amz-Target")
        question = (request.method, request.url, request.body, target)
        if question not in known:
            answer = send(session, request)
            known[question] = (answer.status_code, answer.headers, answer.content)
        status, headers, body = known[question]
        return AWSResponse(request.url, status, headers, _Body(body))

    monkeypatch.setattr(URLLib3Session, "send", send_once)
