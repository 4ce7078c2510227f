"""CORS of an HTTP API: API Gateway answers preflights, and sets the headers of all responses.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
"""

from collections.abc import Mapping
from typing import Any

from embedded_aws.http_apis.answers import ApiAnswer

_ANY = "*"


def allows_origin(configuration: Mapping[str, Any] | None, origin: str) -> bool:
    """Return whether pages of an origin may read the responses."""
    allowed = (configuration or {}).get("allowOrigins") or []
    return origin in allowed or _ANY in allowed


def names_origin(configuration: Mapping[str, Any] | None, origin: str) -> bool:
    """Return whether the configuration names this origin, not just any."""
    return origin in ((configuration or {}).get("allowOrigins") or [])


def preflight_answer(configuration: Mapping[str, Any], origin: str) -> ApiAnswer:
    """Return the response to a preflight, which needs no route and no authorization."""
    if not allows_origin(configuration, origin):
        return ApiAnswer(204)
    headers = cors_headers(configuration, origin)
    for key, name in (
        ("allowMethods", "access-control-allow-methods"),
        ("allowHeaders", "access-control-allow-headers"),
    ):
        if configuration.get(key):
            headers[name] = ",".join(configuration[key])
    if configuration.get("maxAge") is not None:
        headers["access-control-max-age"] = str(configuration["maxAge"])
    return ApiAnswer(204, b"", headers)


def cors_headers(configuration: Mapping[str, Any], origin: str) -> dict[str, str]:
    """Return the headers of each response to a page, empty for a page that is not allowed."""
    if not allows_origin(configuration, origin):
        return {}
    named = configuration.get("allowOrigins") or []
    headers = {"access-control-allow-origin": _ANY if _ANY in named else origin}
    if configuration.get("allowCredentials"):
        headers["access-control-allow-credentials"] = "true"
    if configuration.get("exposeHeaders"):
        headers["access-control-expose-headers"] = ",".join(configuration["exposeHeaders"])
    return headers
