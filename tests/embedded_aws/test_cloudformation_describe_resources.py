from embedded_aws import EmbeddedAws
from tests.embedded_aws.builders import create_stack, settled

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
