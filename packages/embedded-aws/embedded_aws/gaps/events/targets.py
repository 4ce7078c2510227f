"""Rules deliver to Lambda functions, state machines, topics and API destinations.

moto delivers only to queues, log groups, archives and buses, and PutEvents raises when a rule has
another target. Deliveries run in the background, so the sender of the event never waits for a
function. A delivery to an API destination is retried as its RetryPolicy says, and then goes to its
dead-letter queue; any other failed delivery is logged and not retried.
"""

import logging
import uuid
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.events.models import Rule
from moto.sns.models import sns_backends
from moto.stepfunctions.parser.models import stepfunctions_parser_backends
from moto.utilities.arns import parse_arn

from embedded_aws.api_destinations.deliver_event import Delivery, deliver_event
from embedded_aws.context import current
from embedded_aws.event_inputs import as_delivered, target_input
from embedded_aws.patching import wrap
from embedded_aws.permissions.deliveries import require_function_policy, require_role_allows
from embedded_aws.permissions.documents import Demand

_SERVICE = "events.amazonaws.com"
_logger = logging.getLogger(__name__)


def install() -> None:
    """Patch the delivery of a rule."""
    wrap(Rule, "send_to_targets", _make_send_to_targets)


def _make_send_to_targets(original: Any) -> Any:
    def send_to_targets(self: Any, original_event: Any, transform_input: bool = True) -> None:
        if self.state != "ENABLED" or not self.event_pattern.matches_event(original_event):
            return
        all_targets = self.targets
        ours = [t for t in all_targets if _service(t) in _DELIVERIES or _is_destination(t)]
        for target in ours:
            if _is_destination(target):
                deliver_event(_delivery(self.arn, target, original_event))
            else:
                _start_delivery(self.arn, target, original_event)
        rest = [target for target in all_targets if target not in ours]
        if rest:
            self.targets = rest
            try:
                original(self, original_event, transform_input)
            finally:
                self.targets = all_targets

    return send_to_targets


def _service(target: dict[str, Any]) -> str:
    return str(parse_arn(target["Arn"]).service)


def _is_destination(target: dict[str, Any]) -> bool:
    return str(parse_arn(target["Arn"]).resource_type) == "api-destination"


def _delivery(rule_arn: str, target: dict[str, Any], event: dict[str, Any]) -> Delivery:
    policy = target.get("RetryPolicy") or {}
    return Delivery(
        rule_arn=rule_arn,
        target_arn=target["Arn"],
        role_arn=target.get("RoleArn", ""),
        body=target_input(target, event),
        event=as_delivered(event),
        most_retries=int(policy.get("MaximumRetryAttempts", 185)),
        longest_seconds=int(policy.get("MaximumEventAgeInSeconds", 86400)),
        dead_letter_arn=(target.get("DeadLetterConfig") or {}).get("Arn"),
    )


def _start_delivery(rule_arn: str, target: dict[str, Any], event: dict[str, Any]) -> None:
    arn, body = target["Arn"], target_input(target, event)
    place = parse_arn(arn)

    def deliver() -> None:
        try:
            _require_right(rule_arn, target)
            _DELIVERIES[place.service](place.account, place.region, arn, body)
        except Exception:
            _logger.exception("event could not be delivered", extra={"target": arn})

    current().run_in_background(deliver)


def _require_right(rule_arn: str, target: dict[str, Any]) -> None:
    arn, place = target["Arn"], parse_arn(target["Arn"])
    if place.service == "lambda":
        function = lambda_backends[place.account][place.region].get_function(arn)
        require_function_policy(function, _SERVICE, rule_arn)
    elif place.service == "states":
        demand = Demand("states:StartExecution", arn)
        require_role_allows(target.get("RoleArn", ""), _SERVICE, "EventBridge", [demand])


def _invoke_function(account: str, region: str, arn: str, body: str) -> None:
    headers = {"x-amz-invocation-type": "Event"}
    lambda_backends[account][region].invoke(arn, None, body, headers, {})


def _start_machine(account: str, region: str, arn: str, body: str) -> None:
    stepfunctions_parser_backends[account][region].start_execution(arn, str(uuid.uuid4()), body)


def _publish(account: str, region: str, arn: str, body: str) -> None:
    sns_backends[account][region].publish(message=body, arn=arn)


_DELIVERIES = {"lambda": _invoke_function, "states": _start_machine, "sns": _publish}
