"""CreateTrainingJob refuses what AWS refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws_helpers.roles import EVERYTHING, make_role
from embedded_aws_helpers.training_jobs import (
    BUCKET,
    ROLE_ARN,
    channel,
    create,
    put,
    request_of,
    run_to_end,
    spot_request,
    virtual_aws,
)


def refusal(aws: Any, request: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(ClientError) as refused:
        create(aws, request)
    error: Any = refused.value.response["Error"]
    return {"Code": error["Code"], "Message": error["Message"]}


def test_a_name_is_taken_for_ever_even_by_the_same_request(tmp_path: Path) -> None:
    with virtual_aws(tmp_path) as (aws, clock):
        create(aws)
        first = refusal(aws, request_of())
        run_to_end(aws, clock)
        assert refusal(aws, request_of()) == first
    assert first["Code"] == "ResourceInUse"
    assert first["Message"].startswith("Training job names must be unique within an AWS account")


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"TrainingJobName": "under_score"}, "pattern"),
        ({"StoppingCondition": None}, "StoppingCondition is required"),
        ({"AlgorithmSpecification": {"TrainingInputMode": "File"}}, "TrainingImage"),
        ({"ResourceConfig": {"InstanceCount": 1, "VolumeSizeInGB": 1}}, "InstanceType"),
        (
            {
                "ResourceConfig": {
                    "InstanceType": "ml.m5.huge",
                    "InstanceCount": 1,
                    "VolumeSizeInGB": 1,
                }
            },
            "enum value set",
        ),
        (
            {"StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60}},
            "EnableManagedSpotTraining",
        ),
        ({"EnableManagedSpotTraining": True}, "Invalid MaxWaitTimeInSeconds"),
        ({"Tags": [{"Key": "aws:mine", "Value": ""}]}, "reserved"),
        ({"VpcConfig": {"Subnets": ["subnet-none"], "SecurityGroupIds": ["sg-1"]}}, "subnet-none"),
        ({"InputDataConfig": [channel("a", f"s3://{BUCKET}/none")]}, "No S3 objects found"),
        ({"InputDataConfig": [channel("a", "s3://nowhere/none")]}, "No S3 objects found"),
        (
            {"InputDataConfig": [channel("a", f"s3://{BUCKET}/data")] * 2},
            "Duplicate channel name a",
        ),
    ],
)
def test_an_invalid_request_is_refused(tmp_path: Path, parts: dict[str, Any], text: str) -> None:
    request = {name: one for name, one in request_of(**parts).items() if one is not None}
    with virtual_aws(tmp_path) as (aws, _):
        put(aws, "data/file")
        refused = refusal(aws, request)
    assert refused["Code"] == "ValidationException"
    assert text in refused["Message"]


def test_a_warm_pool_of_spot_instances_is_refused(tmp_path: Path) -> None:
    request = spot_request()
    request["ResourceConfig"]["KeepAlivePeriodInSeconds"] = 60
    with virtual_aws(tmp_path) as (aws, _):
        assert "KeepAlivePeriodInSeconds" in refusal(aws, request)["Message"]


def test_a_role_must_exist_and_trust_sagemaker_and_may_pull_the_image(tmp_path: Path) -> None:
    with virtual_aws(tmp_path, enforce_roles=True) as (aws, _):
        missing = refusal(aws, request_of(RoleArn="arn:aws:iam::123456789012:role/none"))
        lambda_role = make_role(
            aws, "function", EVERYTHING, trusts={"Service": "lambda.amazonaws.com"}
        )
        untrusting = refusal(aws, request_of(RoleArn=lambda_role))
        statement = {"Effect": "Deny", "Action": "ecr:BatchGetImage", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        aws.client("iam").put_role_policy(
            RoleName="trainer", PolicyName="not", PolicyDocument=policy
        )
        not_pulling = refusal(aws, request_of())

    assert missing["Code"] == untrusting["Code"] == "ValidationException"
    assert "Could not assume role" in missing["Message"]
    assert "Could not assume role" in untrusting["Message"]
    assert "Cannot find repository: trainer in registry ID: 123456789012" in not_pulling["Message"]
    assert ROLE_ARN in not_pulling["Message"]


def test_quotas_count_the_instances_of_jobs_that_have_not_ended(tmp_path: Path) -> None:
    quotas = {"ml.m5.large for training job usage": 1.0}
    with virtual_aws(tmp_path, training_quotas=quotas) as (aws, clock):
        create(aws)
        refused = refusal(aws, request_of("second"))
        spot = spot_request("third")
        create(aws, spot)  # has a quota of its own
        aws.client("sagemaker").stop_training_job(TrainingJobName="job")
        run_to_end(aws, clock)
        create(aws, request_of("second"))
        long = request_of("long", StoppingCondition={"MaxRuntimeInSeconds": 432_001})
        long["ResourceConfig"]["InstanceType"] = "ml.m5.xlarge"
        too_long = refusal(aws, long)

    assert refused["Code"] == too_long["Code"] == "ResourceLimitExceeded"
    assert refused["Message"].startswith(
        "The account-level service limit 'ml.m5.large for training job usage' is 1 Instances, with"
        " current utilization of 1 Instances and a request delta of 1 Instances."
    )
    assert "Longest run time for a training job" in too_long["Message"]


def test_a_type_beyond_its_quota_is_refused(tmp_path: Path) -> None:
    types = frozenset({"ml.m5.large"})
    with virtual_aws(tmp_path, instance_types_beyond_quota=types) as (aws, _):
        refused = refusal(aws, request_of())
    assert refused["Code"] == "ResourceLimitExceeded"


def test_processes_need_the_real_clock(tmp_path: Path) -> None:
    with virtual_aws(tmp_path, training_containers=None) as (aws, _):
        assert "machine's clock" in refusal(aws, request_of())["Message"]
