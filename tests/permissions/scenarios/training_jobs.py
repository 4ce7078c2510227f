"""Jobs on SageMaker: with a role of their own or a user's, until each kind of end."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from parris_cli.stopping.request_stop import request_stop
from tests.permissions.scenarios.scenario import SECONDS, STOPS_ON_SIGNAL, reap, require_reason

if TYPE_CHECKING:
    from embedded_aws import EmbeddedAws
    from parris_cli.starting.start_job import StartedJob
    from tests.end_to_end.deployment import Deployed

EXECUTION_ROLE_ARN = "arn:aws:iam::123456789012:role/own-execution-role"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1"
OUT_OF_STOCK = "ml.c5.4xlarge"
_KIND = "application/vnd.docker.distribution.manifest.v2+json"
_MANIFEST = {
    "schemaVersion": 2,
    "mediaType": _KIND,
    "config": {"mediaType": _KIND, "size": 1, "digest": f"sha256:{'0' * 64}"},
    "layers": [],
}
_TRAINS = 'echo "loss=0.25"\necho 1 > "$SM_MODEL_DIR/model"\n'
_FAILS = 'echo "no data" > "$SM_OUTPUT_DIR/failure"\nexit 3\n'


def put_image(aws: EmbeddedAws) -> None:
    """Make the image that these jobs name; what it contains does not matter here."""
    ecr = aws.client("ecr")
    ecr.create_repository(repositoryName="training")
    ecr.put_image(repositoryName="training", imageTag="1", imageManifest=json.dumps(_MANIFEST))


def trained(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Train with input data and a role that is made for the job."""
    bucket = deployed.account.deployment.bucket
    aws.client("s3").put_object(Bucket=bucket, Key="data/three", Body=b"3")
    channels = {"train": f"s3://{bucket}/data/"}
    started = _start(deployed, "trained", _TRAINS, input_channels=channels)
    ended = deployed.end_of(started, SECONDS)
    require_reason(ended, "COMPLETED")
    assert ended.left == []


def trained_in_a_warm_pool(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Train with a user's own role, and wait for the end of the warm pool."""
    started = _start(
        deployed,
        "warm",
        _TRAINS,
        execution_role_arn=EXECUTION_ROLE_ARN,
        keep_alive_seconds=5,
    )
    ended = deployed.end_of(started, SECONDS)
    require_reason(ended, "COMPLETED")
    assert ended.left == []


def stopped_by_request(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Request the stop of a job that saves, after the reaper has found it alive."""
    started = start_training(deployed, aws, "stop-training")
    reap(aws)
    assert request_stop(deployed.account, "stop-training", started.execution_arn, datetime.now(UTC))
    require_reason(deployed.end_of(started, SECONDS), "ABORTED")


def failed_in_training(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run a script that fails, whose log is read for the cause."""
    ended = deployed.end_of(_start(deployed, "failed", _FAILS), SECONDS)
    require_reason(ended, "SCRIPT_FAILED")


def trained_on_the_second_type(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Train on the second type, because SageMaker has no capacity for the first."""
    types = [OUT_OF_STOCK, "ml.m5.large"]
    started = _start(deployed, "second-type", _TRAINS, instance_type=types)
    require_reason(deployed.end_of(started, SECONDS), "COMPLETED")


def replaced_training(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Let one run replace another that is training."""
    first = start_training(deployed, aws, "replaced-training")
    second = _start(deployed, "replaced-training", _TRAINS, stack_replacement=True)
    require_reason(deployed.end_of(first, SECONDS), "SUPERSEDED")
    require_reason(deployed.end_of(second, SECONDS), "COMPLETED")


def trained_in_a_second_attempt(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Train once more, because the first training job is stopped in SageMaker's console."""
    script = f'[ "$PARRIS_ATTEMPT" = 2 ] && exit 0\n{STOPS_ON_SIGNAL}'
    started = _start(deployed, "second-training", script, max_attempts=2)
    name = _await_status(started, aws, "Training")
    aws.client("sagemaker").stop_training_job(TrainingJobName=name)
    require_reason(deployed.end_of(started, SECONDS), "COMPLETED")


def stopped_with_a_warm_pool(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Stop an execution that waits for the end of a warm pool, which a cleanup releases."""
    started = start_warm_pool(deployed, aws, "stopped-warm")
    aws.client("stepfunctions").stop_execution(executionArn=started.execution_arn)
    ends_at = time.monotonic() + SECONDS
    while deployed.left_of(started):
        assert time.monotonic() < ends_at, "the cleanup has left something"
        time.sleep(0.5)


def start_training(deployed: Deployed, aws: EmbeddedAws, name: str) -> StartedJob:
    """Start a job that trains until it is stopped, and return when it does."""
    started = _start(deployed, name, STOPS_ON_SIGNAL)
    _await_status(started, aws, "Training")
    return started


def start_warm_pool(deployed: Deployed, aws: EmbeddedAws, name: str) -> StartedJob:
    """Start a job that soon leaves a warm pool, and return when it has."""
    started = _start(
        deployed,
        name,
        _TRAINS,
        execution_role_arn=EXECUTION_ROLE_ARN,
        keep_alive_seconds=SECONDS,
    )
    _await_status(started, aws, "Completed")
    return started


def _start(deployed: Deployed, name: str, script: str, **config: Any) -> StartedJob:
    config = {"target": "sagemaker", "image": IMAGE, "instance_type": "ml.m5.large", **config}
    return deployed.start(name, script, **config)


def _await_status(started: StartedJob, aws: EmbeddedAws, status: str) -> str:
    """Wait until a run's training job has this secondary status, and return its name."""
    sagemaker, ends_at = aws.client("sagemaker"), time.monotonic() + SECONDS
    newest = {"SortBy": "CreationTime", "SortOrder": "Descending"}
    while True:
        assert time.monotonic() < ends_at, f"{started.job_id} does not become {status}"
        for one in sagemaker.list_training_jobs(**newest)["TrainingJobSummaries"]:
            tags = sagemaker.list_tags(ResourceArn=one["TrainingJobArn"])["Tags"]
            owner = {"Key": "parris:execution", "Value": started.execution_arn}
            if owner in tags and one["SecondaryStatus"] == status:
                return str(one["TrainingJobName"])
        time.sleep(0.5)
