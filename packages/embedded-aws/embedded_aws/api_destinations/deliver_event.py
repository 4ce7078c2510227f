"""Delivers an event of a rule to an API destination, with retries and a dead-letter queue.

Sources: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html,
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from moto.sqs.models import sqs_backends
from moto.utilities.arns import parse_arn

from embedded_aws.api_destinations.invoke_destination import (
    InvocationFailedError,
    UnreachableError,
    invoke_destination,
)
from embedded_aws.context import current
from embedded_aws.permissions.deliveries import require_role_allows
from embedded_aws.permissions.documents import Demand

_SERVICE = "events.amazonaws.com"
_RETRIED_STATUSES = (401, 407, 409, 429)
# AWS documents an exponential backoff with jitter, and no figures.
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 10, 900
_ATTEMPTS, _AGE = "MaximumRetryAttempts", "MaximumEventAgeInSeconds"
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event for a target: `body` is what the target gets of it."""

    rule_arn: str
    target_arn: str
    role_arn: str
    body: str
    event: dict[str, Any]
    most_retries: int
    longest_seconds: int
    dead_letter_arn: str | None


def deliver_event(delivery: Delivery) -> None:
    """Start to deliver an event, in the background."""
    began_at = current().clock.now()
    gives_up_at = began_at + timedelta(seconds=delivery.longest_seconds)

    def attempt(retries: int) -> None:
        try:
            demand = Demand("events:InvokeApiDestination", delivery.target_arn)
            require_role_allows(delivery.role_arn, _SERVICE, "EventBridge", [demand])
            invoke_destination(delivery.target_arn, delivery.body)
        except Exception as error:
            _logger.warning("an event could not be delivered: %s", error)
            wait_seconds = min(_FIRST_WAIT_SECONDS * 2**retries, _LONGEST_WAIT_SECONDS)
            again_at = current().clock.now() + timedelta(seconds=wait_seconds)
            exhausted = _AGE if again_at > gives_up_at else None
            exhausted = _ATTEMPTS if retries >= delivery.most_retries else exhausted
            if not _is_retried(error) or exhausted is not None:
                _give_up(delivery, str(error), retries, exhausted)
            else:
                current().clock.call_at(again_at, lambda: attempt(retries + 1))

    current().run_in_background(lambda: attempt(0))


def _is_retried(error: Exception) -> bool:
    if isinstance(error, UnreachableError):
        return True
    if not isinstance(error, InvocationFailedError):
        return False  # as for a right that is missing
    return error.status is None or error.status >= 500 or error.status in _RETRIED_STATUSES


def _give_up(delivery: Delivery, message: str, retries: int, exhausted: str | None) -> None:
    if delivery.dead_letter_arn is None:
        return
    attributes = {
        "RULE_ARN": delivery.rule_arn,
        "TARGET_ARN": delivery.target_arn,
        "ERROR_MESSAGE": message,
        "RETRY_ATTEMPTS": str(retries),
        **({"EXHAUSTED_RETRY_CONDITION": exhausted} if exhausted else {}),
    }
    place = parse_arn(delivery.dead_letter_arn)
    sqs_backends[place.account][place.region].send_message(
        place.resource_id,
        json.dumps(delivery.event),
        message_attributes={
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    )
