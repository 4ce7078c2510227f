import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, settled

TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}


def test_each_resource_shows_its_own_state(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, TOPIC)
    settled(aws, stack)
    formation = aws.client("cloudformation")
    (topic,) = formation.describe_stack_resources(StackName=stack)["StackResources"]
    assert topic["PhysicalResourceId"].startswith("arn:aws:sns:")
    assert topic["ResourceStatus"] == "CREATE_COMPLETE"
    assert topic["Timestamp"].year > 2010
    (listed,) = formation.list_stack_resources(StackName=stack)["StackResourceSummaries"]
    assert listed["PhysicalResourceId"] == topic["PhysicalResourceId"]


def test_a_deleted_stacks_resources_are_shown_as_deleted(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, TOPIC)
    settled(aws, stack)
    formation = aws.client("cloudformation")
    formation.delete_stack(StackName=stack)
    settled(aws, stack)
    (topic,) = formation.describe_stack_resources(StackName=stack)["StackResources"]
    assert topic["ResourceStatus"] == "DELETE_COMPLETE"
    assert aws.client("sns").list_topics()["Topics"] == []


def test_one_resource_is_described_by_its_name_in_the_template(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, {**TOPIC, "Queue": {"Type": "AWS::SQS::Queue"}})
    settled(aws, stack)
    formation = aws.client("cloudformation")
    named = {"StackName": stack, "LogicalResourceId": "Topic"}
    topic = formation.describe_stack_resource(**named)["StackResourceDetail"]
    assert topic["PhysicalResourceId"].startswith("arn:aws:sns:")
    assert (topic["ResourceType"], topic["ResourceStatus"]) == (
        "AWS::SNS::Topic",
        "CREATE_COMPLETE",
    )
    assert topic["LastUpdatedTimestamp"].year > 2010
    (same,) = formation.describe_stack_resources(**named)["StackResources"]
    assert same["PhysicalResourceId"] == topic["PhysicalResourceId"]


def test_a_resource_that_the_stack_does_not_have_is_refused(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, TOPIC)
    settled(aws, stack)
    with pytest.raises(ClientError, match=r"ValidationError.*Resource Queue does not exist for"):
        aws.client("cloudformation").describe_stack_resource(
            StackName="stack-of-a-test", LogicalResourceId="Queue"
        )
