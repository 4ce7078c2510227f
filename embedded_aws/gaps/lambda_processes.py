"""Lambda runs the uploaded package, in a process of its own, as its own role.

moto needs docker for that, or only echoes the event. Here the package and its layers run through
awslambdaric (embedded_aws/functions/); errors are `Unhandled`, as Lambda calls them, and what the
function prints goes to its log group with START, END and REPORT lines.
"""

import base64
import functools
import json
from typing import Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaFunction
from moto.core.utils import unix_time_millis, utcnow

from embedded_aws.context import current
from embedded_aws.functions.invocation import invoke_function
from embedded_aws.functions.sandbox import Outcome
from embedded_aws.metering.meter import Invocation, meter_of
from embedded_aws.patching import wrap
from embedded_aws.permissions.function_log import may_write_log

LOG_TAIL_BYTES = 4096
# Counted for each event of a PutLogEvents. Source:
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
_LOG_EVENT_OVERHEAD_BYTES = 26


class InvalidRequestContentError(LambdaClientError):
    """The event is not JSON."""

    def __init__(self, message: str) -> None:
        """Carry the code that Lambda answers with."""
        super().__init__("InvalidRequestContentException", message)


def install() -> None:
    """Patch the invocation of a function."""
    wrap(LambdaFunction, "invoke", _make_invoke)


def _make_invoke(original: Any) -> Any:
    def invoke(self: Any, body: Any, request_headers: Any, response_headers: Any) -> str | bytes:
        payload = (body.encode() if isinstance(body, str) else body) or b"{}"
        try:
            json.loads(payload)
        except ValueError as error:
            raise InvalidRequestContentError(
                f"Could not parse request body into json: {error}"
            ) from error
        kind = request_headers.get("x-amz-invocation-type", "RequestResponse")
        if kind == "Event":
            current().run_in_background(functools.partial(_run, self, payload))
            return ""
        outcome = _run(self, payload)
        if outcome.is_error:
            response_headers["x-amz-function-error"] = "Unhandled"
        tail = _log_text(self, outcome).encode()[-LOG_TAIL_BYTES:]
        response_headers["x-amz-log-result"] = base64.b64encode(tail).decode()
        return outcome.payload.encode()

    return invoke


def _run(function: Any, payload: bytes) -> Outcome:
    context = current()
    began_at = context.clock.now()
    outcome = invoke_function(function, payload)
    meter_of(context).count_invocation(
        Invocation(
            function_name=function.function_name,
            at=began_at,
            duration_ms=outcome.duration_ms,
            init_ms=outcome.init_ms,
            is_cold=outcome.is_cold,
            memory_mb=int(function.memory_size),
            architecture=str(next(iter(function.architectures), "x86_64")),
            is_error=outcome.is_error,
            log_bytes=_write_log(function, outcome),
        )
    )
    return outcome


def _write_log(function: Any, outcome: Outcome) -> int:
    """Write the log where the role allows it, and return how many bytes AWS would bill."""
    logs, group = function.logs_backend, function.logs_group_name
    if not may_write_log(function, group):
        return 0
    logs.ensure_log_group(group)
    stream = f"{utcnow():%Y/%m/%d}/[$LATEST]{outcome.request_id.replace('-', '')}"
    logs.create_log_stream(group, stream)
    now_ms = int(unix_time_millis())
    lines = _log_text(function, outcome).splitlines()
    events = [{"timestamp": now_ms, "message": line} for line in lines if line]
    logs.put_log_events(group, stream, events)
    return sum(len(line.encode()) + _LOG_EVENT_OVERHEAD_BYTES for line in lines if line)


def _log_text(function: Any, outcome: Outcome) -> str:
    request = f"RequestId: {outcome.request_id}"
    report = f"Duration: {outcome.duration_ms} ms Memory Size: {function.memory_size} MB"
    if outcome.is_cold:
        report += f" Init Duration: {outcome.init_ms} ms"
    output = outcome.output if outcome.output.endswith("\n") else f"{outcome.output}\n"
    error = json.loads(outcome.payload) if outcome.is_error else {}
    if isinstance(error, dict) and error.get("errorType") in ("Sandbox.Timedout",):
        output += f"{utcnow():%Y-%m-%dT%H:%M:%S.000Z} {error['errorMessage']}\n"
    start = f"START {request} Version: $LATEST\n"
    return f"{start}{output.lstrip()}END {request}\nREPORT {request} {report}\n"
