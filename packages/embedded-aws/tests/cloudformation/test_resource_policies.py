from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, deleted, settled


@pytest.mark.parametrize(
    ("owner", "policy"),
    [
        (
            {"Owner": {"Type": "AWS::S3::Bucket"}},
            {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Owner"}}},
        ),
        (
            {"Owner": {"Type": "AWS::SQS::Queue"}},
            {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Owner"}]}},
        ),
    ],
    ids=["bucket", "queue"],
)
def test_a_resource_policy_is_made_and_removed(
    aws: EmbeddedAws, owner: dict[str, Any], policy: dict[str, Any]
) -> None:
    policy["Properties"]["PolicyDocument"] = {"Version": "2012-10-17", "Statement": []}
    stack = create_stack(aws, {**owner, "Policy": policy})
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    deleted(aws, stack)
