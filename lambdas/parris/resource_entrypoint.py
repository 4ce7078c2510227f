"""Turns a removal into the handler of a CloudFormation custom resource, which always responds."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from parris.aws.custom_resource import put_response
from parris.entrypoint import Deps, deps_of_deployment, logger
from parris.errors import AwsThrottledError, AwsUnavailableError
from parris.payloads import Payload, maybe_text_in, text_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

_RESERVE_SECONDS = 60
"""Reserved for the last check and the response."""

_LONGEST_INTERVAL_SECONDS = 10
_LONGEST_REASON_CHARACTERS = 2000
"""CloudFormation accepts responses of at most 4,096 bytes."""


class Removal(Protocol):
    """One pass of a removal: starts to remove what still exists, and lists it."""

    def __call__(self, event: Payload, deps: Deps) -> tuple[str, ...]:
        """Return what still exists."""


def resource_handler(removal: Removal) -> Callable[[Payload, LambdaContext], Payload]:
    """Return the handler of a custom resource that acts only on deletion."""

    @logger.inject_lambda_context(clear_state=True)
    def handler(event: Payload, context: LambdaContext) -> Payload:
        try:
            reason = _remove(removal, event, context)
        except Exception as err:
            # Any error has to be reported: a missing response blocks the stack for an hour.
            logger.exception("failed")
            reason = f"{type(err).__name__}: {err}"
        response = _response(event, reason, context.log_stream_name)
        put_response(text_in(event, "ResponseURL"), response)
        logger.info("responded", extra={"response": response})
        return response

    return handler


def _remove(removal: Removal, event: Payload, context: LambdaContext) -> str:
    """Return why the removal is not complete, or an empty text if it is."""
    if event.get("RequestType") != "Delete":
        return ""
    deps, checks = deps_of_deployment(), 0
    left: tuple[str, ...] = ("nothing was checked",)
    while True:
        checks, was_gone = checks + 1, not left
        try:
            left = removal({**event, "now": datetime.now(UTC).isoformat()}, deps)
        except (AwsThrottledError, AwsUnavailableError) as err:
            logger.warning("a check failed", extra={"cause": str(err)})
        if not left and was_gone:
            # Confirmed twice: AWS's listings may lag, and the last run may be in its last state.
            return ""
        if context.get_remaining_time_in_millis() < _RESERVE_SECONDS * 1000:
            return "still there: " + ", ".join(left)
        time.sleep(min(checks, _LONGEST_INTERVAL_SECONDS))


def _response(event: Payload, reason: str, log_stream: str) -> Payload:
    shown = reason[:_LONGEST_REASON_CHARACTERS]
    logical_id = text_in(event, "LogicalResourceId")
    return {
        "Status": "FAILED" if reason else "SUCCESS",
        "Reason": f"{shown} (log stream {log_stream})" if reason else "",
        # Constant, so that an update does not replace the resource.
        "PhysicalResourceId": maybe_text_in(event, "PhysicalResourceId") or logical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": logical_id,
    }
