"""AWS::SNS::Subscription and ::TopicPolicy are created. moto's CloudFormation knows neither."""

import json
from typing import Any

from moto.sns.models import sns_backends

from embedded_aws.stacks.plain_model import Made, register_type

_SETTABLE = ("FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "DeliveryPolicy")


def install() -> None:
    """Register both types."""
    register_type("AWS::SNS::Subscription", _subscribe, _unsubscribe, ("Arn",))
    register_type("AWS::SNS::TopicPolicy", _set_policy, _keep_policy)


def _subscribe(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    backend = sns_backends[account][region]
    subscription = backend.subscribe(
        properties["TopicArn"], properties["Endpoint"], properties["Protocol"]
    )
    for attribute in _SETTABLE:
        if attribute in properties:
            value = properties[attribute]
            text = value if isinstance(value, str) else json.dumps(value)
            backend.set_subscription_attributes(subscription.arn, attribute, text)
    return Made(subscription.arn, {"Arn": subscription.arn})


def _unsubscribe(physical_id: str, account: str, region: str) -> None:
    sns_backends[account][region].unsubscribe(physical_id)


def _set_policy(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    for topic in properties["Topics"]:
        sns_backends[account][region].get_topic(topic).policy = json.dumps(
            properties["PolicyDocument"]
        )
    return Made(name, {})


def _keep_policy(physical_id: str, account: str, region: str) -> None:
    """Keep the topic's policy: a stack that has both deletes them together."""
