"""Responds to the requests to HTTP APIs."""

import json
import logging
from collections.abc import Iterable
from typing import Any

from moto.awslambda.models import lambda_backends

from embedded_aws.context import ClosedError, Context, current
from embedded_aws.http_api_path import is_for_an_api, split_path
from embedded_aws.http_apis.answers import FAILED, ApiAnswer, answer_of, message
from embedded_aws.http_apis.authorizers import NotAllowedError, authorized
from embedded_aws.http_apis.cors import cors_headers, names_origin, preflight_answer
from embedded_aws.http_apis.request import DEFAULT_STAGE, ApiRequest
from embedded_aws.http_apis.routes import Match, find_route
from embedded_aws.http_apis.throttle import takes_token
from embedded_aws.permissions.deliveries import require_function_policy
from embedded_aws.permissions.errors import NotAuthorizedError

_SERVICE = "apigateway.amazonaws.com"
_MOST_BODY_BYTES = 10 << 20
_NOT_FOUND = message(404, "Not Found")
_logger = logging.getLogger(__name__)


def lets_in(context: Context, path: str, origin: str) -> bool:
    """Return whether the API at a path of this server names an origin, whose pages may use it."""
    if not origin or not is_for_an_api(path):
        return False
    try:
        with context.at_work("the CORS of an HTTP API"):
            api = _find_api(split_path(path)[0])
    except ClosedError:
        return False
    return api is not None and names_origin(api.cors_configuration, origin)


def serve_api(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Respond to a request below `PREFIX`, as a WSGI application."""
    answer = _answer(ApiRequest.read(environ))
    start_response(answer.status_line, answer.header_list())
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def _answer(request: ApiRequest) -> ApiAnswer:
    api = _find_api(request.api_id)
    stage = None if api is None else api.stages.get(DEFAULT_STAGE)
    if api is None or stage is None:
        return _NOT_FOUND
    cors, origin = api.cors_configuration, request.headers.get("origin", "")
    is_preflight = (
        request.method == "OPTIONS" and "access-control-request-method" in request.headers
    )
    if cors and origin and is_preflight:
        return preflight_answer(cors, origin)
    answer = _answer_of_route(api, stage, request)
    if not cors or not origin:
        return answer
    headers = {k: v for k, v in answer.headers.items() if not k.startswith("access-control-")}
    headers |= cors_headers(cors, origin)
    return ApiAnswer(answer.status, answer.body, headers, answer.cookies)


def _answer_of_route(api: Any, stage: Any, request: ApiRequest) -> ApiAnswer:
    match = find_route(list(api.routes.values()), request.method, request.path)
    if match is None:
        return _NOT_FOUND
    try:
        authorizer = authorized(api, match.route, request)
    except NotAllowedError as refused:
        return refused.answer
    if not takes_token(request.api_id, stage.default_route_settings):
        return message(429, "Too Many Requests")
    if len(request.body) > _MOST_BODY_BYTES:
        return message(413, "Request Entity Too Large")
    event = request.event(match.route.route_key, match.parameters, authorizer)
    return _invoke(api, match, request, event)


def _invoke(api: Any, match: Match, request: ApiRequest, event: dict[str, Any]) -> ApiAnswer:
    settings = current().settings
    functions = lambda_backends[settings.account_id][settings.region]
    integration = api.get_integration(match.route.target.removeprefix("integrations/"))
    arn = function_arn_in(integration.integration_uri)
    place = f"{request.api_id}/{DEFAULT_STAGE}/{request.method}{request.path}"
    source_arn = f"arn:aws:execute-api:{settings.region}:{settings.account_id}:{place}"
    headers: dict[str, str] = {}
    try:
        require_function_policy(functions.get_function(arn), _SERVICE, source_arn)
        payload = functions.invoke(arn, None, json.dumps(event), {}, headers)
    except NotAuthorizedError:
        _logger.exception("an HTTP API may not invoke its function", extra={"function": arn})
        return FAILED
    body = payload if isinstance(payload, bytes) else str(payload).encode()
    return answer_of(body, is_error="x-amz-function-error" in headers)


def function_arn_in(uri: str) -> str:
    """Return the ARN of a function from that of its invocation, which templates write."""
    marker = "/functions/"
    return uri.partition(marker)[2].removesuffix("/invocations") if marker in uri else uri


def _find_api(api_id: str) -> Any:
    # Imported here: whoever has no API need not wait for it.
    from moto.apigatewayv2.models import apigatewayv2_backends

    settings = current().settings
    return apigatewayv2_backends[settings.account_id][settings.region].apis.get(api_id)
