"""Requests are throttled when that is asked for: see embedded_aws/faults.

On AWS EC2 and CloudFormation refuse whoever asks too often. moto never does.
"""

from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from embedded_aws.faults.fault import FaultKind
from embedded_aws.faults.plan import THROTTLED_FOR, faults
from embedded_aws.patching import wrap
from embedded_aws.permissions.denials import throttled
from embedded_aws.permissions.gate import send_answer
from embedded_aws.request_checks.read_request import read_request

_THROTTLED = ("ec2", "cloudformation")
_ADMINISTRATOR = "Credential=testing/"


def install() -> None:
    """Patch where every request enters."""
    wrap(DomainDispatcherApplication, "__call__", _make_call)


def _make_call(original: Any) -> Any:
    def call(self: Any, environ: dict[str, Any], start_response: Any) -> Any:
        if faults().is_on(FaultKind.THROTTLED, THROTTLED_FOR):
            read = read_request(environ)
            is_own = _ADMINISTRATOR in environ.get("HTTP_AUTHORIZATION", "")
            if read is not None and read.service in _THROTTLED and not is_own:
                return send_answer(throttled(read.service), environ, start_response)
        return original(self, environ, start_response)

    return call
