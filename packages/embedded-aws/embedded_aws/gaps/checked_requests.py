"""A request that violates AWS's model of the service is refused, with all its violations.

AWS checks lengths, ranges, patterns, enums, required members and types before anything happens.
botocore's clients check little of that, the engine's own calls nothing at all, and moto accepts
almost everything.
"""

from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from embedded_aws.patching import wrap
from embedded_aws.request_checks.check_request import check_request
from embedded_aws.request_checks.read_request import read_request
from embedded_aws.request_checks.refusal import refuse


def install() -> None:
    """Patch the entry of every request."""
    wrap(DomainDispatcherApplication, "__call__", _make_call)


def _make_call(original: Any) -> Any:
    def call(self: Any, environ: dict[str, Any], start_response: Any) -> Any:
        read = read_request(environ)
        violations = check_request(read) if read is not None else []
        if read is not None and violations:
            return refuse(read, violations, environ, start_response)
        return original(self, environ, start_response)

    return call
