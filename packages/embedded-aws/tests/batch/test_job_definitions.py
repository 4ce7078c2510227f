"""A job definition is checked, and each revision has its own properties."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.batch import make_queue, properties_of, register, submit


def test_revisions_have_their_own_properties_and_are_found_by_name_and_number(
    aws: EmbeddedAws,
) -> None:
    first = register(aws, "train", parameters={"rate": "1"}, propagateTags=True, tags={"a": "b"})
    second = register(aws, "train", command=["other"])
    batch = aws.client("batch")
    (newer,) = batch.describe_job_definitions(jobDefinitions=["train:2"])["jobDefinitions"]
    assert [arn.rpartition(":")[2] for arn in (first, second)] == ["1", "2"]
    assert (newer["jobDefinitionArn"], newer["parameters"]) == (second, {})
    assert newer["containerProperties"]["command"] == ["other"]
    batch.deregister_job_definition(jobDefinition=first)
    described = batch.describe_job_definitions(jobDefinitionName="train")["jobDefinitions"]
    assert {one["revision"]: one["status"] for one in described} == {1: "INACTIVE", 2: "ACTIVE"}
    active = batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"]
    assert [one["revision"] for one in active] == [2]
    assert described[0]["tags"] == {"a": "b"}
    assert register(aws, "train").endswith(":3")


@pytest.mark.parametrize(
    ("parts", "properties", "message"),
    [
        ({"type": "multinode"}, {}, "does not model"),
        ({"timeout": {"attemptDurationSeconds": 10}}, {}, "at least 60"),
        ({"retryStrategy": {"attempts": 11}}, {}, "between 1 and 10"),
        ({"jobDefinitionName": "no spaces"}, {}, "valid pattern"),
        ({}, {"resourceRequirements": []}, "vcpus"),
        ({}, {"image": "x" * 25_000}, "24 KiB"),
        ({}, {"environment": [{"name": "AWS_BATCH_JOB_ID", "value": "1"}]}, "AWS_BATCH"),
        ({"platformCapabilities": ["FARGATE"]}, {}, "Fargate does not support 1024 MiB"),
    ],
)
def test_what_is_no_definition_is_refused(
    aws: EmbeddedAws, parts: dict[str, Any], properties: dict[str, Any], message: str
) -> None:
    given = {
        "jobDefinitionName": "train",
        "type": "container",
        "containerProperties": properties_of(["train"], **properties),
        **parts,
    }
    with pytest.raises(ClientError, match=message):
        aws.client("batch").register_job_definition(**given)


def test_a_deregistered_definition_cannot_be_used(aws: EmbeddedAws) -> None:
    make_queue(aws)
    arn = register(aws)
    aws.client("batch").deregister_job_definition(jobDefinition=arn)
    with pytest.raises(ClientError, match="is not ACTIVE"):
        submit(aws, jobDefinition=arn)
