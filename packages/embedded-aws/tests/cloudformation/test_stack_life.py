from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings
from embedded_aws_helpers.builders import (
    IMAGE_ID,
    create_stack,
    describe,
    events_of,
    instance_state,
    outputs,
    settled,
    until,
)

BUCKET = {"Bucket": {"Type": "AWS::S3::Bucket"}}
NO_SUCH_SUBNET: dict[str, Any] = {
    "Trainer": {
        "Type": "AWS::EC2::Instance",
        "DependsOn": "Bucket",
        "Properties": {"ImageId": "ami-12c6146b", "SubnetId": "subnet-0123"},
    }
}


@pytest.fixture
def slow_aws(tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(stack_create_seconds=0.4, stack_delete_seconds=0.4)
    with EmbeddedAws(settings, folder=tmp_path / "aws") as running:
        yield running


def test_creating_takes_time_and_deleting_too(slow_aws: EmbeddedAws) -> None:
    stack = create_stack(slow_aws, BUCKET)
    assert describe(slow_aws, stack)["StackStatus"] == "CREATE_IN_PROGRESS"
    assert settled(slow_aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    slow_aws.client("cloudformation").delete_stack(StackName=stack)
    assert describe(slow_aws, stack)["StackStatus"] == "DELETE_IN_PROGRESS"
    assert settled(slow_aws, stack)["StackStatus"] == "DELETE_COMPLETE"


def test_outputs_are_shown_once_the_stack_is_complete(slow_aws: EmbeddedAws) -> None:
    stack = create_stack(slow_aws, BUCKET, outputs={"Name": {"Value": {"Ref": "Bucket"}}})
    assert "Outputs" not in describe(slow_aws, stack)
    assert outputs(slow_aws, stack)["Name"].startswith("stack-of-a-test")


def test_a_stack_can_be_deleted_while_it_is_created(slow_aws: EmbeddedAws) -> None:
    stack = create_stack(slow_aws, BUCKET)
    slow_aws.client("cloudformation").delete_stack(StackName=stack)
    assert settled(slow_aws, stack)["StackStatus"] == "DELETE_COMPLETE"
    assert slow_aws.client("s3").list_buckets()["Buckets"] == []


def test_a_resource_that_fails_rolls_the_stack_back_and_says_why(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, {**BUCKET, **NO_SUCH_SUBNET})
    assert settled(aws, stack)["StackStatus"] == "ROLLBACK_COMPLETE"
    events = aws.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
    assert "The subnet ID 'subnet-0123' does not exist" in failed[0]["ResourceStatusReason"]
    assert events_of(aws, stack, "stack-of-a-test") == [
        "CREATE_IN_PROGRESS",
        "ROLLBACK_IN_PROGRESS",
        "ROLLBACK_COMPLETE",
    ]
    assert aws.client("s3").list_buckets()["Buckets"] == []


@pytest.mark.parametrize(
    ("on_failure", "status", "buckets_left"),
    [("DO_NOTHING", "CREATE_FAILED", 1), ("DELETE", "DELETE_COMPLETE", 0)],
)
def test_on_failure_says_what_becomes_of_a_failed_stack(
    aws: EmbeddedAws, on_failure: str, status: str, buckets_left: int
) -> None:
    stack = create_stack(aws, {**BUCKET, **NO_SUCH_SUBNET}, OnFailure=on_failure)
    assert settled(aws, stack)["StackStatus"] == status
    assert len(aws.client("s3").list_buckets()["Buckets"]) == buckets_left


def test_the_same_token_gets_the_same_stack_and_another_is_refused(aws: EmbeddedAws) -> None:
    first = create_stack(aws, BUCKET, ClientRequestToken="token-1")
    assert create_stack(aws, BUCKET, ClientRequestToken="token-1") == first
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        create_stack(aws, BUCKET, ClientRequestToken="token-2")


def test_a_deleted_stack_is_found_by_its_id_only(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, BUCKET)
    settled(aws, stack)
    aws.client("cloudformation").delete_stack(StackName="stack-of-a-test")
    assert settled(aws, stack)["StackStatus"] == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match=r"ValidationError.*does not exist"):
        describe(aws, "stack-of-a-test")


def test_deleting_what_is_gone_or_never_was_is_success(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, BUCKET)
    settled(aws, stack)
    formation = aws.client("cloudformation")
    formation.delete_stack(StackName=stack)
    settled(aws, stack)
    formation.delete_stack(StackName=stack)
    formation.delete_stack(StackName="never-was")


def test_a_missing_resource_does_not_stop_the_deletion(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, BUCKET, outputs={"Name": {"Value": {"Ref": "Bucket"}}})
    aws.client("s3").delete_bucket(Bucket=outputs(aws, stack)["Name"])
    aws.client("cloudformation").delete_stack(StackName=stack)
    assert settled(aws, stack)["StackStatus"] == "DELETE_COMPLETE"


def test_a_retained_resource_stays(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, {"Bucket": {**BUCKET["Bucket"], "DeletionPolicy": "Retain"}})
    settled(aws, stack)
    aws.client("cloudformation").delete_stack(StackName=stack)
    assert settled(aws, stack)["StackStatus"] == "DELETE_COMPLETE"
    assert len(aws.client("s3").list_buckets()["Buckets"]) == 1


def test_a_protected_stack_is_not_deleted(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, BUCKET, EnableTerminationProtection=True)
    settled(aws, stack)
    with pytest.raises(ClientError, match="TerminationProtection"):
        aws.client("cloudformation").delete_stack(StackName=stack)


def test_a_stack_is_not_deleted_before_its_machine_is_off(aws: EmbeddedAws) -> None:
    slow_to_end = "#!/bin/bash\ntrap 'sleep 1; exit' TERM\necho up\nwhile :; do sleep 0.1; done\n"
    properties = {"ImageId": IMAGE_ID, "UserData": {"Fn::Base64": slow_to_end}}
    stack = create_stack(
        aws,
        {"Trainer": {"Type": "AWS::EC2::Instance", "Properties": properties}},
        outputs={"Id": {"Value": {"Ref": "Trainer"}}},
    )
    instance_id = outputs(aws, stack)["Id"]
    console = aws.client("ec2").get_console_output
    until(lambda: "up" in console(InstanceId=instance_id).get("Output", "").split())
    aws.client("cloudformation").delete_stack(StackName=stack)
    until(lambda: instance_state(aws, instance_id) == "shutting-down")
    assert describe(aws, stack)["StackStatus"] == "DELETE_IN_PROGRESS"
    until(lambda: describe(aws, stack)["StackStatus"] == "DELETE_COMPLETE")
    assert instance_state(aws, instance_id) == "terminated"


def test_a_type_that_is_out_of_stock_rolls_the_stack_back(tmp_path: Path) -> None:
    properties = {"ImageId": IMAGE_ID, "InstanceType": "p5.48xlarge"}
    trainer = {"Trainer": {"Type": "AWS::EC2::Instance", "Properties": properties}}
    settings = Settings(
        stack_create_seconds=0,
        stack_delete_seconds=0,
        unavailable_instance_types=frozenset({"p5.48xlarge"}),
    )
    with EmbeddedAws(settings, folder=tmp_path) as aws:
        stack = create_stack(aws, trainer)
        assert settled(aws, stack)["StackStatus"] == "ROLLBACK_COMPLETE"
        events = aws.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
        reasons = [event.get("ResourceStatusReason", "") for event in events]
        assert any("do not have sufficient p5.48xlarge capacity" in reason for reason in reasons)
        assert not any("InsufficientInstanceCapacity" in reason for reason in reasons)


def test_an_update_changes_resources_and_keeps_the_rest(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, BUCKET)
    settled(aws, stack)
    aws.client("cloudformation").update_stack(
        StackName=stack,
        TemplateBody='{"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"},'
        ' "Topic": {"Type": "AWS::SNS::Topic"}}}',
    )
    assert settled(aws, stack)["StackStatus"] == "UPDATE_COMPLETE"
    assert len(aws.client("sns").list_topics()["Topics"]) == 1
    assert len(aws.client("s3").list_buckets()["Buckets"]) == 1


def test_a_stack_shows_its_role_and_its_tags(aws: EmbeddedAws) -> None:
    role = "arn:aws:iam::123456789012:role/stacks"
    stack = create_stack(aws, BUCKET, RoleARN=role, Tags=[{"Key": "a", "Value": "b"}])
    shown = settled(aws, stack)
    assert (shown["RoleARN"], shown["Tags"]) == (role, [{"Key": "a", "Value": "b"}])
