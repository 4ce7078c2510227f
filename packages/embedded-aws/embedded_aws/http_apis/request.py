"""A request to an HTTP API, as API Gateway hands it to a function."""

import base64
import urllib.parse
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from embedded_aws.context import current
from embedded_aws.http_api_path import split_path
from embedded_aws.request_checks.read_request import buffered_body

DEFAULT_STAGE = "$default"
_UNPREFIXED = {"CONTENT_TYPE": "content-type", "CONTENT_LENGTH": "content-length"}


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One request. `path` has no stage, and is decoded; names of headers are in lower case."""

    api_id: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    protocol: str
    environ: dict[str, Any] = field(repr=False, compare=False)

    @classmethod
    def read(cls, environ: dict[str, Any]) -> "ApiRequest":
        """Return the request of a WSGI environment."""
        api_id, path = split_path(str(environ.get("PATH_INFO", "")))
        return cls(
            api_id=api_id,
            method=str(environ["REQUEST_METHOD"]),
            path=path.encode("latin-1").decode("utf-8", "replace"),
            query=str(environ.get("QUERY_STRING", "")),
            headers=_headers(environ),
            body=buffered_body(environ),
            protocol=str(environ.get("SERVER_PROTOCOL", "HTTP/1.1")),
            environ=environ,
        )

    def event(
        self, route_key: str, path_parameters: Mapping[str, str], authorizer: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the event of payload format 2.0.

        Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
        """
        context, now = current(), current().clock.now()
        domain = f"{self.api_id}.execute-api.{context.settings.region}.amazonaws.com"
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": route_key,
            "rawPath": self.path,
            "rawQueryString": self.query,
            "headers": {k: v for k, v in self.headers.items() if k != "cookie"},
            "requestContext": {
                "accountId": context.settings.account_id,
                "apiId": self.api_id,
                "domainName": domain,
                "domainPrefix": self.api_id,
                "http": {
                    "method": self.method,
                    "path": self.path,
                    "protocol": self.protocol,
                    "sourceIp": "127.0.0.1",
                    "userAgent": self.headers.get("user-agent", ""),
                },
                "requestId": uuid.uuid4().hex[:15] + "=",
                "routeKey": route_key,
                "stage": DEFAULT_STAGE,
                "time": f"{now:%d/%b/%Y:%H:%M:%S +0000}",
                "timeEpoch": int(now.timestamp() * 1000),
            },
            "isBase64Encoded": False,
        }
        if authorizer:
            event["requestContext"]["authorizer"] = dict(authorizer)
        if "cookie" in self.headers:
            event["cookies"] = [one.strip() for one in self.headers["cookie"].split(";")]
        if self.query:
            event["queryStringParameters"] = _parameters(self.query)
        if path_parameters:
            event["pathParameters"] = dict(path_parameters)
        if self.body:
            event |= _body(self.body)
        return event


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    found = {
        key.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    return found | {
        name: str(environ[key]) for key, name in _UNPREFIXED.items() if environ.get(key)
    }


def _parameters(query: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, value in urllib.parse.parse_qsl(query, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return {name: ",".join(values) for name, values in found.items()}


def _body(body: bytes) -> dict[str, Any]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
