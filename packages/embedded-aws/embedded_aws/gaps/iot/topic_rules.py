"""A published message reaches the functions of the rules that match its topic.

moto stores rules and messages but never matches them. Actions other than a function do nothing here
either.
"""

import json
import logging
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.iot.exceptions import InvalidRequestException
from moto.iot.models import IoTBackend
from moto.iotdata.models import IoTDataPlaneBackend
from moto.utilities.arns import parse_arn

from embedded_aws.context import current
from embedded_aws.iot_sql import Published, Query, SqlNotModelledError
from embedded_aws.patching import wrap
from embedded_aws.permissions.deliveries import require_function_policy

_SERVICE = "iot.amazonaws.com"
_logger = logging.getLogger(__name__)


def install() -> None:
    """Patch the creation of a rule, and publishing."""
    wrap(IoTBackend, "create_topic_rule", _make_create)
    wrap(IoTDataPlaneBackend, "publish", _make_publish)


def _make_create(original: Any) -> Any:
    def create_topic_rule(self: Any, rule_name: str, sql: str, **named: Any) -> None:
        try:
            Query.parse(sql)
        except SqlNotModelledError as error:
            raise InvalidRequestException(f"the embedded AWS: {error}") from error
        original(self, rule_name, sql, **named)

    return create_topic_rule


def _make_publish(original: Any) -> Any:
    def publish(self: Any, topic: str, payload: bytes) -> None:
        original(self, topic, payload)
        message = Published(topic, _fields_of(payload), current().clock.now())
        for rule in list(self.iot_backend.rules.values()):
            selected = None if rule.rule_disabled else Query.parse(rule.sql).select(message)
            if selected is not None:
                _deliver(rule, json.dumps(selected))

    return publish


def _fields_of(payload: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(payload)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _deliver(rule: Any, event: str) -> None:
    for action in rule.actions:
        if "lambda" in action:
            _start_delivery(rule, action["lambda"]["functionArn"], event)


def _start_delivery(rule: Any, function_arn: str, event: str) -> None:
    place = parse_arn(function_arn)

    def deliver() -> None:
        try:
            functions = lambda_backends[place.account][place.region]
            require_function_policy(functions.get_function(function_arn), _SERVICE, rule.arn)
            headers = {"x-amz-invocation-type": "Event"}
            functions.invoke(function_arn, None, event, headers, {})
        except Exception:
            _logger.exception("a message could not be delivered", extra={"rule": rule.rule_name})

    current().run_in_background(deliver)
