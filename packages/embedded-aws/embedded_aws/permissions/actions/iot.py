"""AWS IoT: topic rules."""

from embedded_aws.permissions.actions.shapes import on_everything, on_resource
from embedded_aws.permissions.call import Call


def _rule(call: Call) -> str:
    return call.arn(f"rule/{call.text('ruleName')}")


DEMANDS = {
    **on_everything("ListTopicRules"),
    **on_resource(
        _rule,
        "CreateTopicRule",
        "DeleteTopicRule",
        "DisableTopicRule",
        "EnableTopicRule",
        "GetTopicRule",
        "ReplaceTopicRule",
    ),
}
