"""A request must be signed by an identity of the account and allowed by its policies.

moto allows everybody everything and checks no signature. Its own enforcement knows neither the
resources of most services nor conditions, and returns XML where JSON is expected. The decision is
made in embedded_aws/permissions/; only the administrator's key may do everything.
"""

from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from embedded_aws.patching import wrap
from embedded_aws.permissions.gate import pass_gate


def install() -> None:
    """Patch the entry of every request."""
    wrap(DomainDispatcherApplication, "__call__", _make_call)


def _make_call(original: Any) -> Any:
    def call(self: Any, environ: dict[str, Any], start_response: Any) -> Any:
        def application(environ: dict[str, Any], start_response: Any) -> Any:
            return original(self, environ, start_response)

        return pass_gate(application, environ, start_response)

    return call
