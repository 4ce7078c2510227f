"""SNS: topics."""

from embedded_aws.permissions.actions.shapes import on_everything, on_resource
from embedded_aws.permissions.call import Call


def _topic(call: Call) -> str:
    found = call.text("TopicArn") or call.text("ResourceArn")
    if call.operation == "CreateTopic":
        return call.arn(call.text("Name"))
    # A subscription's ARN is its topic's ARN followed by an id.
    return found or call.text("SubscriptionArn").rsplit(":", 1)[0] or "*"


DEMANDS = {
    **on_everything("ListTopics", "ListSubscriptions"),
    **on_resource(
        _topic,
        "CreateTopic",
        "DeleteTopic",
        "GetTopicAttributes",
        "SetTopicAttributes",
        "Publish",
        "Subscribe",
        "Unsubscribe",
        "ListSubscriptionsByTopic",
        "ListTagsForResource",
        "TagResource",
        "UntagResource",
    ),
}
