"""AWS::IoT::TopicRule is created. moto's CloudFormation does not know it."""

import re
from typing import Any

from moto.iot.models import iot_backends

from embedded_aws.stacks.plain_model import Made, register_type


def install() -> None:
    """Register the type."""
    register_type("AWS::IoT::TopicRule", _create, _delete, ("Arn",))


def rule_name_of(generated: str) -> str:
    """Return the name of a rule that has none in its template: without hyphens, as on AWS.

    Args:
        generated: stack, logical id and a suffix, with hyphens between them.
    """
    return re.sub(r"[^A-Za-z0-9_]", "", generated)


def _create(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    backend = iot_backends[account][region]
    chosen = properties.get("RuleName") or rule_name_of(name)
    payload = _as_in_the_api(properties["TopicRulePayload"])
    backend.create_topic_rule(
        rule_name=chosen,
        sql=payload["sql"],
        description=payload.get("description"),
        rule_disabled=str(payload.get("ruleDisabled")).lower() == "true",
        actions=payload["actions"],
        error_action=payload.get("errorAction"),
        aws_iot_sql_version=payload.get("awsIotSqlVersion"),
    )
    return Made(chosen, {"Arn": backend.rules[chosen].arn})


def _delete(physical_id: str, account: str, region: str) -> None:
    iot_backends[account][region].rules.pop(physical_id, None)


def _as_in_the_api(value: Any) -> Any:
    """Return a property with the API's names: `functionArn` for `FunctionArn`."""
    if isinstance(value, list):
        return [_as_in_the_api(one) for one in value]
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _as_in_the_api(one) for key, one in value.items()}
    return value
