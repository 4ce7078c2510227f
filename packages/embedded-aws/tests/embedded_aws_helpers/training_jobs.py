"""Training jobs of the embedded AWS on a virtual clock, and what became of them."""

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.training_jobs.job import TrainingJob
from embedded_aws_helpers.idle_containers import IdleContainers
from embedded_aws_helpers.roles import EVERYTHING, make_role

BEGIN = datetime(2031, 5, 1, tzinfo=UTC)
BUCKET = "training-bucket"
ROLE_ARN = "arn:aws:iam::123456789012:role/trainer"
SAGEMAKER = {"Service": "sagemaker.amazonaws.com"}


@contextmanager
def virtual_aws(
    folder: Path, containers: IdleContainers | None = None, **settings: Any
) -> Iterator[tuple[EmbeddedAws, VirtualClock]]:
    """Run an embedded AWS with a bucket and a role `trainer` that may do everything."""
    clock = VirtualClock(BEGIN)
    chosen = Settings(
        **{
            "enforce_roles": False,
            "training_containers": containers or IdleContainers(),
            **settings,
        },
    )
    with EmbeddedAws(chosen, folder=folder, clock=clock) as aws:
        aws.client("s3").create_bucket(Bucket=BUCKET)
        make_role(aws, "trainer", EVERYTHING, trusts=SAGEMAKER)
        yield aws, clock


def request_of(name: str = "job", **parts: Any) -> dict[str, Any]:
    """Return the parameters of CreateTrainingJob for one instance."""
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {
            "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/trainer:1",
            "TrainingInputMode": "File",
        },
        "RoleArn": ROLE_ARN,
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/results"},
        "ResourceConfig": {
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 30,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        **parts,
    }


def spot_request(name: str = "job", longest_wait_seconds: int = 7200) -> dict[str, Any]:
    """Return the parameters of a job on spot instances with checkpoints."""
    return request_of(
        name,
        EnableManagedSpotTraining=True,
        StoppingCondition={
            "MaxRuntimeInSeconds": 3600,
            "MaxWaitTimeInSeconds": longest_wait_seconds,
        },
        CheckpointConfig={"S3Uri": f"s3://{BUCKET}/checkpoints"},
    )


def channel(name: str, uri: str, **source: Any) -> dict[str, Any]:
    """Return a channel of input data below an S3 URI."""
    place = {"S3DataType": "S3Prefix", "S3Uri": uri, **source}
    return {"ChannelName": name, "DataSource": {"S3DataSource": place}}


def create(aws: EmbeddedAws, request: dict[str, Any] | None = None) -> str:
    """Create a job and return its name."""
    aws.client("sagemaker").create_training_job(**(request or request_of()))
    return str((request or request_of())["TrainingJobName"])


def refusal_of(aws: EmbeddedAws, request: dict[str, Any]) -> dict[str, str]:
    """Return the code and the message with which CreateTrainingJob refuses a request."""
    with pytest.raises(ClientError) as refused:
        create(aws, request)
    error: Any = refused.value.response["Error"]
    return {"Code": error["Code"], "Message": error["Message"]}


def describe(aws: EmbeddedAws, name: str = "job") -> dict[str, Any]:
    described: dict[str, Any] = aws.client("sagemaker").describe_training_job(TrainingJobName=name)
    return described


def statuses(described: dict[str, Any]) -> list[str]:
    """Return the secondary statuses that a job went through."""
    return [one["Status"] for one in described["SecondaryStatusTransitions"]]


def run_to_end(aws: EmbeddedAws, clock: VirtualClock, name: str = "job") -> dict[str, Any]:
    """Let time pass until a job has ended, and return its description."""
    clock.run_while(lambda: not _job(name).has_ended)
    return describe(aws, name)


def run_until_status(clock: VirtualClock, status: str, name: str = "job") -> None:
    """Let time pass until a job has a secondary status."""
    clock.run_while(lambda: _job(name).secondary_status != status)


def _job(name: str) -> TrainingJob:
    # Not by a request: the clock checks after each of its steps.
    from embedded_aws.training_jobs.store import jobs_of_account

    return jobs_of_account()[name]


def put(aws: EmbeddedAws, key: str, content: bytes = b"x") -> None:
    aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)


def keys(aws: EmbeddedAws, prefix: str = "") -> list[str]:
    found = aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [one["Key"] for one in found.get("Contents", [])]


def files_in_archive(aws: EmbeddedAws, key: str) -> dict[str, bytes]:
    """Return the files of an archive in the bucket."""
    content = aws.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return {
            one.name: extracted.read()
            for one in archive
            if (extracted := archive.extractfile(one)) is not None
        }
