"""An HTTP request in API Gateway's payload format 2.0, and the response to it."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from parris.payloads import Payload, int_in, maybe_text_in, part_of, text_in, texts_by_key_in
from parris.training_api.problem import Problem, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parris.payloads import Json

MOST_BODY_BYTES = 4 << 20
"""Lambda takes events of 6 MB, in which a body may grow by its escapes or by base64."""

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request. `route` is that of the API, such as `GET /jobs/{job_id}`.

    `caller` names who is authorized: an IAM identity or the subject of a token; empty for nobody.
    `now` is when API Gateway received the request.
    """

    route: str
    headers: Mapping[str, str]
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    caller: str
    request_id: str
    now: datetime

    @classmethod
    def from_event(cls, event: Payload) -> Self:
        """Return the request of an event.

        Raises:
            Problem: if its body is not what it is said to be.
        """
        body, context = maybe_text_in(event, "body") or "", part_of(event, "requestContext")
        try:
            content = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
        except (binascii.Error, UnicodeEncodeError) as err:
            raise unreadable("the body cannot be decoded") from err
        return cls(
            route=text_in(event, "routeKey"),
            headers=texts_by_key_in(event, "headers"),
            path=texts_by_key_in(event, "pathParameters"),
            query=texts_by_key_in(event, "queryStringParameters"),
            body=content,
            caller=_caller_in(part_of(context, "authorizer")),
            request_id=text_in(context, "requestId"),
            now=datetime.fromtimestamp(int_in(context, "timeEpoch") / 1000, UTC),
        )

    def json(self) -> Payload:
        """Return the JSON object in the body.

        Raises:
            Problem: if it is none.
        """
        if len(self.body) > MOST_BODY_BYTES:
            detail = f"at most {MOST_BODY_BYTES} bytes; larger data sets go through POST /uploads"
            raise Problem(413, "too-large", "The request is too large", detail)
        media_type = self.headers.get("content-type", _JSON).partition(";")[0].strip().lower()
        if media_type != _JSON:
            detail = f"the body must be {_JSON}"
            raise Problem(415, "media-type", "The body has another type", detail)
        try:
            value = json.loads(self.body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as err:
            raise unreadable(f"the body is not JSON: {err}") from err
        if not isinstance(value, dict):
            raise unreadable("the body must be an object")
        return value


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response with JSON, or with a text whose type is in the headers."""

    status: int
    content: Payload | str
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Return the response that states a problem."""
        return cls(
            problem.status, problem.to_payload(), {"content-type": "application/problem+json"}
        )

    def to_payload(self) -> Payload:
        """Return the response as a function returns it."""
        headers: dict[str, Json] = {
            "content-type": _JSON,
            # What is running changes, and links to files expire.
            "cache-control": "no-store",
            **self.headers,
        }
        body = self.content if isinstance(self.content, str) else json.dumps(self.content)
        return {"statusCode": self.status, "headers": headers, "body": body}


def _caller_in(authorizer: Payload) -> str:
    claims = part_of(part_of(authorizer, "jwt"), "claims")
    named = (maybe_text_in(claims, name) for name in ("email", "username", "sub"))
    in_token = next((one for one in named if one), None)
    arn = maybe_text_in(part_of(authorizer, "iam"), "userArn") or ""
    return in_token or arn.rpartition("/")[2] or arn


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
