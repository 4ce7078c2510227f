"""CreateTrainingJob refuses invalid parameters."""

from collections.abc import Iterator
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.training_jobs import (
    BUCKET,
    channel,
    put,
    refusal_of,
    request_of,
    spot_request,
    virtual_aws,
)


@pytest.fixture(scope="module")
def shared_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """Return an account without jobs, for what is refused."""
    with virtual_aws(tmp_path_factory.mktemp("aws")) as (aws, _):
        put(aws, "data/file")
        yield aws


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
        (
            {
                "AlgorithmSpecification": {
                    "TrainingImage": "image",
                    "TrainingInputMode": "File",
                    "MetricDefinitions": [{"Name": "loss", "Regex": "loss=("}],
                }
            },
            "regular expression of the metric loss",
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
def test_an_invalid_request_is_refused(
    shared_aws: EmbeddedAws, parts: dict[str, Any], text: str
) -> None:
    request = {name: one for name, one in request_of(**parts).items() if one is not None}
    refused = refusal_of(shared_aws, request)
    assert refused["Code"] == "ValidationException"
    assert text in refused["Message"]


def test_a_warm_pool_of_spot_instances_is_refused(shared_aws: EmbeddedAws) -> None:
    request = spot_request()
    request["ResourceConfig"]["KeepAlivePeriodInSeconds"] = 60
    assert "KeepAlivePeriodInSeconds" in refusal_of(shared_aws, request)["Message"]
