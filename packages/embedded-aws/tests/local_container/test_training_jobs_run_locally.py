"""Training jobs of the embedded AWS whose containers are local processes."""

from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.containers import SCRIPT
from embedded_aws_helpers.roles import EVERYTHING, make_role
from embedded_aws_helpers.training_jobs import (
    BUCKET,
    SAGEMAKER,
    channel,
    create,
    describe,
    files_in_archive,
    put,
    request_of,
)
from embedded_aws_helpers.waiting import wait_until

TRAIN = b"""
import json, os, pathlib, signal, sys, time
config = pathlib.Path(os.environ["SM_INPUT_CONFIG_DIR"])
print("epochs", json.loads((config / "hyperparameters.json").read_text())["epochs"], flush=True)
(pathlib.Path(os.environ["SM_MODEL_DIR"]) / "model.txt").write_text("weights")
if sys.argv[1:] == ["--wait"]:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print("waiting", flush=True)
    while True:
        time.sleep(0.05)
if sys.argv[1:] == ["--fail"]:
    pathlib.Path(os.environ["SM_OUTPUT_FAILURE"]).write_text("no such data")
    sys.exit(4)
"""


@pytest.fixture(scope="module", autouse=True)
def account(aws: EmbeddedAws) -> None:
    aws.client("s3").create_bucket(Bucket=BUCKET)
    make_role(aws, "trainer", EVERYTHING, trusts=SAGEMAKER)
    put(aws, "code/train.py", TRAIN)


def request(name: str, *arguments: str) -> dict[str, Any]:
    found = request_of(
        name,
        HyperParameters={"epochs": "3"},
        InputDataConfig=[channel("code", f"s3://{BUCKET}/code/")],
    )
    found["AlgorithmSpecification"]["ContainerEntrypoint"] = ["python3", SCRIPT]
    if arguments:
        found["AlgorithmSpecification"]["ContainerArguments"] = list(arguments)
    return found


def ended(aws: EmbeddedAws, name: str) -> dict[str, Any]:
    wait_until(lambda: describe(aws, name)["TrainingJobStatus"] not in ("InProgress", "Stopping"))
    return describe(aws, name)


def log(aws: EmbeddedAws, name: str) -> list[str]:
    found = aws.client("logs").filter_log_events(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=f"{name}/algo-1-"
    )
    return [one["message"] for one in found["events"]]


def test_a_script_trains_and_its_model_and_log_are_where_sagemaker_puts_them(
    aws: EmbeddedAws,
) -> None:
    create(aws, request("trains"))

    assert ended(aws, "trains")["TrainingJobStatus"] == "Completed"
    archive = files_in_archive(aws, "results/trains/output/model.tar.gz")
    assert archive == {"model.txt": b"weights"}
    first, *lines = log(aws, "trains")
    assert first.startswith("embedded AWS: /opt/ml is ")
    assert lines == ["epochs 3"]


def test_what_a_script_writes_to_the_failure_file_is_the_jobs_reason(aws: EmbeddedAws) -> None:
    create(aws, request("fails", "--fail"))

    assert ended(aws, "fails")["FailureReason"] == "AlgorithmError: no such data, exit code: 4"


def test_a_stopped_script_saves_its_model(aws: EmbeddedAws) -> None:
    create(aws, request("stops", "--wait"))
    wait_until(lambda: "waiting" in log_or_nothing(aws, "stops"))

    aws.client("sagemaker").stop_training_job(TrainingJobName="stops")

    assert ended(aws, "stops")["TrainingJobStatus"] == "Stopped"
    assert files_in_archive(aws, "results/stops/output/model.tar.gz") == {"model.txt": b"weights"}


def log_or_nothing(aws: EmbeddedAws, name: str) -> list[str]:
    groups = aws.client("logs").describe_log_groups()["logGroups"]
    return log(aws, name) if groups else []
