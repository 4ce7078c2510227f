"""CreateTrainingJob refuses what AWS refuses."""

import json
from datetime import timedelta
from pathlib import Path

from embedded_aws_helpers.roles import EVERYTHING, make_role
from embedded_aws_helpers.training_jobs import (
    BEGIN,
    ROLE_ARN,
    create,
    refusal_of,
    request_of,
    run_to_end,
    spot_request,
    virtual_aws,
)


def test_a_name_is_taken_for_ever_even_by_the_same_request(tmp_path: Path) -> None:
    with virtual_aws(tmp_path) as (aws, clock):
        create(aws)
        first = refusal_of(aws, request_of())
        run_to_end(aws, clock)
        assert refusal_of(aws, request_of()) == first
    assert first["Code"] == "ResourceInUse"
    assert first["Message"].startswith("Training job names must be unique within an AWS account")


def test_a_role_must_exist_and_trust_sagemaker_and_may_pull_the_image(tmp_path: Path) -> None:
    with virtual_aws(tmp_path, enforce_roles=True) as (aws, _):
        missing = refusal_of(aws, request_of(RoleArn="arn:aws:iam::123456789012:role/none"))
        lambda_role = make_role(
            aws, "function", EVERYTHING, trusts={"Service": "lambda.amazonaws.com"}
        )
        untrusting = refusal_of(aws, request_of(RoleArn=lambda_role))
        statement = {"Effect": "Deny", "Action": "ecr:BatchGetImage", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        aws.client("iam").put_role_policy(
            RoleName="trainer", PolicyName="not", PolicyDocument=policy
        )
        not_pulling = refusal_of(aws, request_of())

    assert missing["Code"] == untrusting["Code"] == "ValidationException"
    assert "Could not assume role" in missing["Message"]
    assert "Could not assume role" in untrusting["Message"]
    assert "Cannot find repository: trainer in registry ID: 123456789012" in not_pulling["Message"]
    assert ROLE_ARN in not_pulling["Message"]


def test_a_new_role_cannot_be_assumed_for_a_while(tmp_path: Path) -> None:
    with virtual_aws(tmp_path, enforce_roles=True, role_propagation_seconds=10) as (aws, clock):
        early = refusal_of(aws, request_of())
        clock.run_until(BEGIN + timedelta(seconds=10))
        create(aws)
    assert "Could not assume role" in early["Message"]


def test_quotas_count_the_instances_of_jobs_that_have_not_ended(tmp_path: Path) -> None:
    quotas = {"ml.m5.large for training job usage": 1.0}
    with virtual_aws(tmp_path, training_quotas=quotas) as (aws, clock):
        create(aws)
        refused = refusal_of(aws, request_of("second"))
        spot = spot_request("third")
        create(aws, spot)  # has a quota of its own
        aws.client("sagemaker").stop_training_job(TrainingJobName="job")
        run_to_end(aws, clock)
        create(aws, request_of("second"))
        long = request_of("long", StoppingCondition={"MaxRuntimeInSeconds": 432_001})
        long["ResourceConfig"]["InstanceType"] = "ml.m5.xlarge"
        too_long = refusal_of(aws, long)

    assert refused["Code"] == too_long["Code"] == "ResourceLimitExceeded"
    assert refused["Message"].startswith(
        "The account-level service limit 'ml.m5.large for training job usage' is 1 Instances, with"
        " current utilization of 1 Instances and a request delta of 1 Instances."
    )
    assert "Longest run time for a training job" in too_long["Message"]


def test_instances_of_warm_pools_have_a_quota_of_their_own(tmp_path: Path) -> None:
    quotas = {"ml.m5.large for training warm pool usage": 1.0}
    kept = request_of()["ResourceConfig"] | {"KeepAlivePeriodInSeconds": 60}
    with virtual_aws(tmp_path, training_quotas=quotas) as (aws, _):
        create(aws, request_of(ResourceConfig=kept))
        create(aws, request_of("second"))
        refused = refusal_of(aws, request_of("third", ResourceConfig=kept))
    assert refused["Code"] == "ResourceLimitExceeded"
    assert "ml.m5.large for training warm pool usage' is 1 Instances" in refused["Message"]


def test_a_type_beyond_its_quota_is_refused(tmp_path: Path) -> None:
    types = frozenset({"ml.m5.large"})
    with virtual_aws(tmp_path, instance_types_beyond_quota=types) as (aws, _):
        refused = refusal_of(aws, request_of())
    assert refused["Code"] == "ResourceLimitExceeded"


def test_processes_need_the_real_clock(tmp_path: Path) -> None:
    with virtual_aws(tmp_path, training_containers=None) as (aws, _):
        assert "machine's clock" in refusal_of(aws, request_of())["Message"]
