"""A request is allowed by the policies of who sends it, or refused as AWS refuses it.

moto lets everybody do everything; its own enforcement knows neither the resources of most services
nor conditions, and answers in XML where JSON is asked for. What is allowed is decided in
embedded_aws/permissions/; the administrator's key alone may do everything.
"""

from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from embedded_aws.context import current
from embedded_aws.patching import wrap
from embedded_aws.permissions.gate import pass_gate


def install() -> None:
    """Patch where every request enters."""
    wrap(DomainDispatcherApplication, "__call__", _make_call)


def _make_call(original: Any) -> Any:
    def call(self: Any, environ: dict[str, Any], start_response: Any) -> Any:
        def application(environ: dict[str, Any], start_response: Any) -> Any:
            return original(self, environ, start_response)

        if not current().settings.enforce_roles:
            return application(environ, start_response)
        return pass_gate(application, environ, start_response)

    return call
