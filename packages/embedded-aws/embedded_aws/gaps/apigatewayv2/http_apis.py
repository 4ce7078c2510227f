"""HTTP APIs respond: at `/_apis/<api id>/...` of the embedded AWS.

moto stores APIs, routes and authorizers, but serves no request. Only the stage `$default`,
functions with payload format 2.0, IAM and JWT authorizers are modelled.
"""

from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from embedded_aws.http_api_path import is_for_an_api
from embedded_aws.http_apis.serve import serve_api
from embedded_aws.patching import wrap


def install() -> None:
    """Patch the entry of every request. The gate lets these pass: each API authorizes by itself."""
    wrap(DomainDispatcherApplication, "__call__", _make_call)


def _make_call(original: Any) -> Any:
    def call(self: Any, environ: dict[str, Any], start_response: Any) -> Any:
        if is_for_an_api(str(environ.get("PATH_INFO", ""))):
            return serve_api(environ, start_response)
        return original(self, environ, start_response)

    return call
