"""Turns routes into a Lambda handler of an HTTP API, which also takes the events of EventBridge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from parris.entrypoint import Deps, deps_of_deployment, logger
from parris.errors import AwsThrottledError, AwsUnavailableError
from parris.training_api.http_request import HttpRequest, HttpResponse
from parris.training_api.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from parris.payloads import Payload

_RETRY_SECONDS = "5"


class Route(Protocol):
    """Responds to the requests of one route."""

    def __call__(self, request: HttpRequest, deps: Deps) -> HttpResponse:
        """Return the response.

        Raises:
            Problem: why there is no result.
        """


class EventHandler(Protocol):
    """Handles an event of EventBridge."""

    def __call__(self, event: Payload, deps: Deps) -> Payload:
        """Return what was done."""


def respond(event: Payload, routes: Mapping[str, Route], deps: Deps) -> Payload:
    """Return the response to an HTTP request, in payload format 2.0. Raises nothing."""
    try:
        request = HttpRequest.from_event(event)
        response = routes[request.route](request, deps)
    except Problem as problem:
        response = HttpResponse.of(problem)
    except (AwsThrottledError, AwsUnavailableError) as err:
        logger.warning("AWS did not respond", extra={"cause": str(err)})
        response = _unavailable()
    except Exception:
        # The cause may name resources that the caller must not know.
        logger.exception("failed")
        detail = "the log of the functions says why"
        response = HttpResponse.of(Problem(500, "failed", "The request has failed", detail))
    # The body may contain links to results, which no log should have.
    logger.info("responded", extra={"route": event.get("routeKey"), "status": response.status})
    return response.to_payload()


def api_handler(
    routes: Mapping[str, Route], on_event: EventHandler | None = None
) -> Callable[[Payload, LambdaContext], Payload]:
    """Return the handler of a function with these routes."""

    @logger.inject_lambda_context(clear_state=True)
    def handler(event: Payload, context: LambdaContext) -> Payload:
        deps = deps_of_deployment()
        if "routeKey" in event:
            return respond(event, routes, deps)
        if on_event is None:
            raise ValueError("this function takes HTTP requests only")
        result = on_event(event, deps)
        logger.info("done", extra={"result": result})
        return result

    return handler


def _unavailable() -> HttpResponse:
    detail = f"try again in {_RETRY_SECONDS} seconds"
    problem = HttpResponse.of(Problem(503, "unavailable", "AWS did not respond", detail))
    return HttpResponse(
        problem.status, problem.content, {**problem.headers, "retry-after": _RETRY_SECONDS}
    )
