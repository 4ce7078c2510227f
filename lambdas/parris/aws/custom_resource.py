"""The responses of a custom resource, which are sent to a presigned URL, not with an AWS client."""

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


def put_response(response_url: str, response: Payload) -> None:
    """Send the response to CloudFormation, which would otherwise wait for an hour.

    Raises:
        OSError, HTTPException: if the last attempt failed too.
    """
    request = urllib.request.Request(
        response_url,
        data=json.dumps(response).encode(),
        # The URL is signed for a PUT without a content type; urllib would add one.
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
