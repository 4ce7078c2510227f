"""The door between CloudFormation and a custom resource: asked, looked after, always answered."""

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
"""Kept for the last look and for the answer."""

_LONGEST_INTERVAL_SECONDS = 10
_LONGEST_REASON_CHARACTERS = 2000
"""CloudFormation takes answers of 4,096 bytes at most."""


class Removal(Protocol):
    """One look at what is to go: sets on its way what is still there, and names it."""

    def __call__(self, event: Payload, deps: Deps) -> tuple[str, ...]:
        """Return what is still there."""


def resource_handler(removal: Removal) -> Callable[[Payload, LambdaContext], Payload]:
    """Return the handler of a custom resource that has work to do when it is deleted only."""

    @logger.inject_lambda_context(clear_state=True)
    def handler(event: Payload, context: LambdaContext) -> Payload:
        try:
            reason = _remove(removal, event, context)
        except Exception as err:
            # Whatever it was: an unanswered request blocks the stack for an hour.
            logger.exception("failed")
            reason = f"{type(err).__name__}: {err}"
        answer = _answer(event, reason, context.log_stream_name)
        put_response(text_in(event, "ResponseURL"), answer)
        logger.info("answered", extra={"answer": answer})
        return answer

    return handler


def _remove(removal: Removal, event: Payload, context: LambdaContext) -> str:
    """Return why what is to go is not gone, empty where it is."""
    if event.get("RequestType") != "Delete":
        return ""
    deps, looks = deps_of_deployment(), 0
    left: tuple[str, ...] = ("nothing was looked at",)
    while True:
        looks, was_gone = looks + 1, not left
        try:
            left = removal({**event, "now": datetime.now(UTC).isoformat()}, deps)
        except (AwsThrottledError, AwsUnavailableError) as err:
            logger.warning("a look failed", extra={"cause": str(err)})
        if not left and was_gone:
            return ""  # seen twice: AWS's answers may lag, and the last run may end its last state
        if context.get_remaining_time_in_millis() < _RESERVE_SECONDS * 1000:
            return "still there: " + ", ".join(left)
        time.sleep(min(looks, _LONGEST_INTERVAL_SECONDS))


def _answer(event: Payload, reason: str, log_stream: str) -> Payload:
    shown = reason[:_LONGEST_REASON_CHARACTERS]
    logical_id = text_in(event, "LogicalResourceId")
    return {
        "Status": "FAILED" if reason else "SUCCESS",
        "Reason": f"{shown} (log stream {log_stream})" if reason else "",
        # Always the same, so that no update takes it for another resource.
        "PhysicalResourceId": maybe_text_in(event, "PhysicalResourceId") or logical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": logical_id,
    }
