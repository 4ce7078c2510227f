"""A request is signed by somebody of the account and allowed by their policies, or refused.

moto lets everybody do everything and looks at no signature; its own enforcement knows neither the
resources of most services nor conditions, and answers in XML where JSON is asked for. What is
allowed is decided in embedded_aws/permissions/; the administrator's key alone may do everything.
"""

from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from embedded_aws.patching import wrap
from embedded_aws.permissions.gate import pass_gate


def install() -> None:
    """Patch where every request enters."""
    wrap(DomainDispatcherApplication, "__call__", _make_call)


def _make_call(original: Any) -> Any:
    def call(self: Any, environ: dict[str, Any], start_response: Any) -> Any:
        def application(environ: dict[str, Any], start_response: Any) -> Any:
            return original(self, environ, start_response)

        return pass_gate(application, environ, start_response)

    return call
