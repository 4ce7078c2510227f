"""The answers of a custom resource, which go to a signed URL and not through an AWS client."""

from __future__ import annotations

import http.client
import json
import time
import urllib.request
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.payloads import Payload

_TRIES = 5
_TIMEOUT_SECONDS = 10


def put_response(response_url: str, answer: Payload) -> None:
    """Tell CloudFormation, which waits an hour for an answer that does not come.

    Raises:
        OSError, HTTPException: when the last try failed too.
    """
    request = urllib.request.Request(
        response_url,
        data=json.dumps(answer).encode(),
        # The URL is signed for a PUT without a content type; urllib would set one of its own.
        headers={"Content-Type": ""},
        method="PUT",
    )
    for tries_left in reversed(range(_TRIES)):
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):
                return
        except (OSError, http.client.HTTPException):
            if not tries_left:
                raise
            time.sleep(1)
