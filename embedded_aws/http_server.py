"""moto's application behind a threaded HTTP server on a free port of 127.0.0.1."""

import functools
import logging
import threading

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

# How often the server looks whether it is to stop. moto's own ThreadedMotoServer looks twice a
# second only, which a test suite that starts many of them feels.
_STOP_CHECK_SECONDS = 0.02


class HttpServer:
    """Serves from construction until `stop`."""

    def __init__(self) -> None:
        """Start to listen."""
        logging.getLogger("werkzeug").setLevel(logging.WARNING)  # else a line for each request
        self._server = make_server(
            "127.0.0.1", 0, _application(), threaded=True, request_handler=MotoRequestHandler
        )
        self.port = self._server.server_port
        self.endpoint_url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_STOP_CHECK_SECONDS,), daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop to listen."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@functools.cache
def _application() -> DomainDispatcherApplication:
    # It holds routes and no state, so that every server of this process can share it.
    return DomainDispatcherApplication(create_backend_app)
