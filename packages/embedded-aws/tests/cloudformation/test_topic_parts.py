import json

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, deleted, settled

TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}
SUBSCRIPTION = {
    "Subscription": {
        "Type": "AWS::SNS::Subscription",
        "Properties": {
            "TopicArn": {"Ref": "Topic"},
            "Protocol": "email",
            "Endpoint": "a@example.com",
            "FilterPolicy": {"kind": ["b"]},
        },
    }
}
POLICY = {
    "Policy": {
        "Type": "AWS::SNS::TopicPolicy",
        "Properties": {"Topics": [{"Ref": "Topic"}], "PolicyDocument": {"Statement": []}},
    }
}


def test_a_subscription_is_made_with_its_filter_and_removed(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, {**TOPIC, **SUBSCRIPTION})
    settled(aws, stack)
    topics = aws.client("sns")
    (found,) = topics.list_subscriptions()["Subscriptions"]
    attributes = topics.get_subscription_attributes(SubscriptionArn=found["SubscriptionArn"])
    assert attributes["Attributes"]["FilterPolicy"] == '{"kind": ["b"]}'
    deleted(aws, stack)
    assert topics.list_subscriptions()["Subscriptions"] == []


def test_a_topic_policy_is_set(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, {**TOPIC, **POLICY})
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    topics = aws.client("sns")
    arn = topics.list_topics()["Topics"][0]["TopicArn"]
    policy = topics.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]
    assert json.loads(policy) == {"Statement": []}
    deleted(aws, stack)
