"""Lambda runs the uploaded package, in a process of its own, with the function's role.

moto needs docker for that, or only echoes the event. Here the package and its layers run through
awslambdaric (embedded_aws/functions/); errors are `Unhandled`, as in Lambda, and the function's
output goes to its log group with START, END and REPORT lines.
"""

import base64
import functools
import json
from contextlib import suppress
from typing import Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaFunction
from moto.core.utils import unix_time_millis, utcnow

from embedded_aws.context import ClosedError, Context, current
from embedded_aws.functions.at_work import event_of
from embedded_aws.functions.invocation import invoke_function
from embedded_aws.functions.sandbox import Outcome
from embedded_aws.gaps.awslambda.reserved_concurrency import TooManyRequestsError
from embedded_aws.gaps.cloudwatch.service_metrics import count_invocation
from embedded_aws.metering.meter import Invocation, meter_of
from embedded_aws.patching import wrap
from embedded_aws.permissions.function_log import may_write_log
from embedded_aws.places import NoPlaceError, Places, default_functions

LOG_TAIL_BYTES = 4096
# How long an invocation waits for its turn: much less than a state waits for its function.
_LONGEST_WAIT_SECONDS, _MINUTES = 10.0, 600.0
_TRACE_HEADER = "X-Amzn-Trace-Id"
# Counted for each event of a PutLogEvents. Source:
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
_LOG_EVENT_OVERHEAD_BYTES = 26


class InvalidRequestContentError(LambdaClientError):
    """The event is not JSON."""

    def __init__(self, message: str) -> None:
        """Set Lambda's error code."""
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
            current().run_in_background(functools.partial(_run_when_possible, self, payload))
            return ""
        is_asked_by_a_function = bool(event_of(str(request_headers.get(_TRACE_HEADER, ""))))
        # It already holds a place, and waits for this invocation.
        run = _run if is_asked_by_a_function else _run_in_time
        outcome = run(self, payload)
        if outcome.is_error:
            response_headers["x-amz-function-error"] = "Unhandled"
        tail = _log_text(self, outcome).encode()[-LOG_TAIL_BYTES:]
        response_headers["x-amz-log-result"] = base64.b64encode(tail).decode()
        return outcome.payload.encode()

    return invoke


def _run_in_time(function: Any, payload: bytes) -> Outcome:
    # As when the account's concurrency is used up: the caller must retry.
    context = current()
    longest_seconds = _MINUTES if context.clock.is_virtual else _LONGEST_WAIT_SECONDS
    try:
        with _places_of(context).taken(longest_seconds):
            return _run(function, payload)
    except NoPlaceError as error:
        raise TooManyRequestsError from error


def _run_when_possible(function: Any, payload: bytes) -> Outcome:
    context = current()
    while not context.is_closing.is_set():
        with suppress(NoPlaceError), _places_of(context).taken(_LONGEST_WAIT_SECONDS):
            return _run(function, payload)
    raise ClosedError("the embedded AWS is closing")


def _places_of(context: Context) -> Places:
    places = context.services.setdefault("places of functions", Places(default_functions()))
    assert isinstance(places, Places)
    return places


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
    count_invocation(function.function_name, is_error=outcome.is_error)
    return outcome


def _write_log(function: Any, outcome: Outcome) -> int:
    """Write the log if the role allows it, and return how many bytes AWS would bill."""
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
