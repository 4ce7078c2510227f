"""Tags of a job are found by its ARN, which is in lower case; policies see them."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws_helpers.roles import allow, client_that_may
from embedded_aws_helpers.training_jobs import ROLE_ARN, create, request_of, virtual_aws

ARN = "arn:aws:sagemaker:us-east-1:123456789012:training-job/job-a"


def test_tags_are_listed_replaced_and_removed(tmp_path: Path) -> None:
    with virtual_aws(tmp_path) as (aws, _):
        create(aws, request_of("Job-A", Tags=[{"Key": "team", "Value": "blue"}]))
        sagemaker = aws.client("sagemaker")
        sagemaker.add_tags(
            ResourceArn=ARN,
            Tags=[{"Key": "team", "Value": "red"}, {"Key": "cost", "Value": "1"}],
        )
        both = sagemaker.list_tags(ResourceArn=ARN)["Tags"]
        sagemaker.delete_tags(ResourceArn=ARN, TagKeys=["team"])
        rest = sagemaker.list_tags(ResourceArn=ARN)["Tags"]
        with pytest.raises(ClientError, match="resource not found"):
            sagemaker.list_tags(ResourceArn=f"{ARN}-none")
    assert both == [{"Key": "team", "Value": "red"}, {"Key": "cost", "Value": "1"}]
    assert rest == [{"Key": "cost", "Value": "1"}]


def test_policies_see_the_tags_of_a_request_and_of_a_job(tmp_path: Path) -> None:
    def error_of(call: Any, **parameters: Any) -> str:
        with pytest.raises(ClientError) as refused:
            call(**parameters)
        return str(refused.value)

    requested = {"StringEquals": {"aws:RequestTag/team": "blue"}}
    tagged = {"StringEquals": {"aws:ResourceTag/team": "blue"}}
    passed = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    blue = [{"Key": "team", "Value": "blue"}]
    with virtual_aws(tmp_path, enforce_roles=True) as (aws, _):
        creates = allow(["sagemaker:CreateTrainingJob", "sagemaker:AddTags"], Condition=requested)
        client = client_that_may(
            aws,
            "sagemaker",
            creates,
            allow(["sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob"], Condition=tagged),
            allow("iam:PassRole", ROLE_ARN, Condition=passed),
        )
        untagged = error_of(client.create_training_job, **request_of())
        client.create_training_job(**request_of(Tags=blue))
        client.describe_training_job(TrainingJobName="job")
        create(aws, request_of("other", Tags=[{"Key": "team", "Value": "red"}]))
        foreign = error_of(client.stop_training_job, TrainingJobName="other")
        listed = error_of(client.list_training_jobs)
        unpassing = client_that_may(aws, "sagemaker", allow("sagemaker:*"))
        not_passed = error_of(unpassing.create_training_job, **request_of("third"))
        untagging = client_that_may(
            aws,
            "sagemaker",
            allow("sagemaker:CreateTrainingJob"),
            allow("iam:PassRole", ROLE_ARN, Condition=passed),
        )
        not_tagged = error_of(untagging.create_training_job, **request_of("third", Tags=blue))

    assert "sagemaker:CreateTrainingJob" in untagged
    assert "sagemaker:StopTrainingJob" in foreign
    assert "sagemaker:ListTrainingJobs" in listed
    assert "iam:PassRole" in not_passed
    assert "sagemaker:AddTags" in not_tagged
