"""Serves the credentials of a role to the processes of a container, as AWS does."""

import json
import secrets
from http.server import ThreadingHTTPServer

from embedded_aws.context import ClosedError, current
from embedded_aws.permissions.trust import RoleNotAssumableError
from embedded_aws.role_credentials import RoleCredentials
from embedded_aws.serving_thread import ServingThread
from embedded_aws.web_requests import GuardedHandler

_PATH = "/credentials"


class CredentialsServer:
    """The credentials endpoint of one container.

    Args:
        role_arn: the role of the job.
        credentials: those that the service has for it.
    """

    def __init__(self, role_arn: str, credentials: RoleCredentials) -> None:
        """Start serving on 127.0.0.1."""
        self._role_arn = role_arn
        self._context = current()
        self._credentials = credentials
        self._token = secrets.token_urlsafe(32)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        self._serving = ServingThread(self._server)

    @property
    def variables(self) -> dict[str, str]:
        """The variables by which AWS clients find it."""
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.url}{_PATH}",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": self._token,
        }

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop serving."""
        self._serving.stop()

    def answer(self, path: str, token: str | None) -> tuple[int, str]:
        """Return the status and the text for one request."""
        if path != _PATH:
            return 404, "{}"
        if token is None or not secrets.compare_digest(token, self._token):
            return 401, "{}"
        try:
            with self._context.at_work("credentials of a container"):
                found = {"RoleArn": self._role_arn, **self._credentials.read(self._role_arn)}
        except RoleNotAssumableError as error:
            return 403, json.dumps({"message": str(error)})
        except ClosedError:
            return 404, "{}"
        return 200, json.dumps(found)


def _handler_for(server: CredentialsServer) -> type[GuardedHandler]:
    class Handler(GuardedHandler):
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            """Respond to one request."""
            status, text = server.answer(self.path, self.headers.get("Authorization"))
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    return Handler
