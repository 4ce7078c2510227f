"""How AWS responds to a call that a fault affects."""

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from embedded_aws.fault_injection.aws_call import AwsCall
from embedded_aws.fault_injection.call_faults import CallFault
from embedded_aws.fault_injection.unknown_status import with_unknown_status
from embedded_aws.functions.at_work import kill_function
from embedded_aws.permissions.denials import broken_off, denial, throttled, unavailable
from embedded_aws.permissions.gate import Application, send_answer

ENGINE = "StepFunctions"
_NEVER_ARRIVES = (CallFault.LOST, CallFault.KILLED_BEFORE)
_KILLED = (CallFault.KILLED, CallFault.KILLED_BEFORE)


def answer_struck(
    fault: CallFault,
    call: AwsCall,
    trace_id: str,
    application: Application,
    environ: dict[str, Any],
    start_response: Any,
) -> Iterable[bytes]:
    """Respond to a call that a fault affects, or break the connection.

    Args:
        fault: the fault.
        call: the call.
        trace_id: the trace of the invocation that makes the call.
        application: the application that would have responded.
        environ: the WSGI request.
        start_response: the WSGI callable.
    """
    refusal = _REFUSALS.get(fault)
    if refusal is not None:
        return send_answer(refusal(call), environ, start_response)
    if fault is CallFault.UNKNOWN_STATUS:
        return with_unknown_status(call.operation, application, environ, start_response)
    if fault not in _NEVER_ARRIVES:
        list(application(environ, lambda *_: None))
    if fault in _KILLED:
        kill_function(trace_id)
    elif call.caller == ENGINE:
        # The engine must not show what its own SDK makes of a broken connection.
        return send_answer(broken_off(call.service), environ, start_response)
    _break_off(environ["werkzeug.socket"])
    start_response("500 INTERNAL SERVER ERROR", [("Content-Length", "0")])
    return [b""]


def _denial(call: AwsCall) -> Any:
    action = f"{call.service}:{call.operation}"
    return denial(call.service, f"{call.role} is not authorized to perform: {action}")


def _break_off(connection: socket.socket) -> None:
    with suppress(OSError):  # the other side has closed it already
        connection.shutdown(socket.SHUT_RDWR)


_REFUSALS: dict[CallFault, Callable[[AwsCall], Any]] = {
    CallFault.THROTTLED: lambda call: throttled(call.service),
    CallFault.UNAVAILABLE: lambda call: unavailable(call.service),
    CallFault.DENIED: _denial,
}
