"""moto's application behind a threaded HTTP server on a port of 127.0.0.1."""

import functools
import logging
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from embedded_aws.context import ClosedError, Context
from embedded_aws.http_api_path import is_for_an_api
from embedded_aws.serving_thread import ServingThread
from embedded_aws.web_requests import GuardedHandler

HOST = "127.0.0.1"
LetsOriginIn = Callable[[Context, str, str], bool]


class HttpServer:
    """Serves from its construction until `stop`.

    Args:
        context: the embedded AWS that handles each request.
        port: the port; 0 for any free one.
        lets_origin_in: returns whether pages of an origin may send requests to a path.

    Raises:
        OSError: when the port is in use, or may not be used.
    """

    def __init__(self, context: Context, port: int, lets_origin_in: LetsOriginIn) -> None:
        """Start listening."""
        logging.getLogger("werkzeug").setLevel(logging.WARNING)  # else a line for each request
        # Otherwise the engine writes each caught error of a workflow to the user's terminal.
        logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
        # Bound here, because werkzeug ends the whole process when a port is in use.
        with socket.create_server((HOST, port), backlog=128) as listening:
            self._server = make_server(
                HOST,
                port,
                application_of(context),
                threaded=True,
                request_handler=_handler_for(context, lets_origin_in),
                fd=listening.fileno(),
            )
        self.port = self._server.port
        self.endpoint_url = f"http://127.0.0.1:{self.port}"
        self._serving = ServingThread(self._server)

    def stop(self) -> None:
        """Stop listening."""
        self._serving.stop()


class _RequestHandler(GuardedHandler, MotoRequestHandler):
    """Moto's handler, protected against web pages."""


def _handler_for(context: Context, decide: LetsOriginIn) -> type[_RequestHandler]:
    class Handler(_RequestHandler):
        def lets_origin_in(self, path: str, origin: str) -> bool:
            return decide(context, path, origin)

        def lets_navigation_in(self, path: str) -> bool:
            return is_for_an_api(path)

    return Handler


def application_of(context: Context) -> Callable[[Any, Any], Iterable[bytes]]:
    """Return the WSGI application that handles the requests to an embedded AWS."""
    application = _application()

    def answer(environ: Any, start: Any) -> Iterator[bytes]:
        def start_response(status: str, headers: Any, *more: Any) -> Any:
            # What an HTTP API allows is its own decision.
            is_own = is_for_an_api(environ["PATH_INFO"])
            return start(status, headers if is_own else _without_cors(headers), *more)

        try:
            with context.at_work(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"):
                yield from application(environ, start_response)
        except ClosedError:
            start_response("503 Service Unavailable", [("Content-Length", "0")])

    return answer


def _without_cors(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    # moto lets pages of every site read its responses; S3's rules for a bucket are its own.
    return [one for one in headers if not one[0].lower().startswith("access-control-")]


@functools.cache
def _application() -> DomainDispatcherApplication:
    # It holds routes and no state, so all servers of this process can share it.
    return DomainDispatcherApplication(create_backend_app)
