"""Requests are throttled, refused or lost on request: see embedded_aws/fault_injection.

On AWS, EC2, CloudFormation, SageMaker and Batch throttle frequent callers, any service may fail,
any connection may break, and a function's process may die while it works. On moto none of that
happens.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from embedded_aws.context import current
from embedded_aws.fault_injection.answer_struck import answer_struck
from embedded_aws.fault_injection.aws_call import AwsCall
from embedded_aws.fault_injection.call_faults import striker_of_calls
from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import THROTTLED_FOR, UNAVAILABLE_FOR, faults
from embedded_aws.functions.at_work import event_of
from embedded_aws.patching import wrap
from embedded_aws.permissions.denials import throttled, unavailable
from embedded_aws.permissions.errors import ExpiredCredentialsError, InvalidCredentialsError
from embedded_aws.permissions.gate import Application, key_of, send_answer
from embedded_aws.permissions.principals import find_principal
from embedded_aws.request_checks.read_request import buffered_body, read_request

_THROTTLED = ("ec2", "cloudformation", "sagemaker", "batch")
_TRACE = "HTTP_X_AMZN_TRACE_ID"


def install() -> None:
    """Patch the entry of every request."""
    wrap(DomainDispatcherApplication, "__call__", _make_call)


def _make_call(original: Any) -> Any:
    def call(self: Any, environ: dict[str, Any], start_response: Any) -> Any:
        def application(environ: dict[str, Any], start_response: Any) -> Any:
            return original(self, environ, start_response)

        if faults().is_on(FaultKind.THROTTLED, THROTTLED_FOR):
            read = read_request(environ)
            is_own = key_of(environ) == current().administrator.id
            if read is not None and read.service in _THROTTLED and not is_own:
                return send_answer(throttled(read.service), environ, start_response)
        if faults().is_on(FaultKind.UNAVAILABLE, UNAVAILABLE_FOR):
            read = read_request(environ)
            if read is not None and event_of(environ.get(_TRACE, "")):
                return send_answer(unavailable(read.service), environ, start_response)
        if striker_of_calls() is not None:
            return _strike(application, environ, start_response)
        return application(environ, start_response)

    return call


def _strike(
    application: Application, environ: dict[str, Any], start_response: Any
) -> Iterable[bytes]:
    striker, call = striker_of_calls(), _call_of(environ)
    fault = striker(call) if striker is not None and call is not None else None
    if fault is None or call is None:
        return application(environ, start_response)
    trace_id = environ.get(_TRACE, "")
    return answer_struck(fault, call, trace_id, application, environ, start_response)


def _call_of(environ: dict[str, Any]) -> AwsCall | None:
    """Return the call that a request makes, None if it is the administrator's or no call."""
    read = read_request(environ)
    try:
        principal = find_principal(key_of(environ))
    except (InvalidCredentialsError, ExpiredCredentialsError):
        return None
    if read is None or principal is None:
        return None
    # Of the data of users, only the event of an invocation is ever read.
    body = buffered_body(environ) if read.service == "lambda" else read.body
    return AwsCall(
        caller=principal.arn.rpartition("/")[2],
        role=principal.name,
        service=read.service,
        operation=str(read.operation.name),
        call_id=environ.get("HTTP_AMZ_SDK_INVOCATION_ID") or str(uuid.uuid4()),
        event=event_of(environ.get(_TRACE, "")),
        request=f"{read.request.path} {body.decode('utf-8', 'replace')}",
    )
