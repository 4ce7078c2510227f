"""A training job takes time, runs its containers, and ends with its data, logs and events."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.training_delays import TrainingDelays
from embedded_aws_helpers.builders import until
from embedded_aws_helpers.events import heard, listen
from embedded_aws_helpers.idle_containers import IdleContainers
from embedded_aws_helpers.training_jobs import (
    BEGIN,
    BUCKET,
    channel,
    create,
    describe,
    files_in_archive,
    keys,
    put,
    request_of,
    run_to_end,
    run_until_status,
    statuses,
    virtual_aws,
)

DELAYS = TrainingDelays(start=90, download=30, upload=10)


def test_a_job_goes_through_its_statuses_and_is_billed_from_its_instances_to_its_upload(
    tmp_path: Path,
) -> None:
    containers = IdleContainers(exits_after_seconds=600)
    with virtual_aws(tmp_path, containers, training_delays=DELAYS) as (aws, clock):
        create(aws)
        first = describe(aws)
        ended = run_to_end(aws, clock)

    assert (first["TrainingJobStatus"], first["SecondaryStatus"]) == ("InProgress", "Starting")
    assert "TrainingEndTime" not in first
    assert statuses(ended) == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert ended["TrainingJobStatus"] == ended["SecondaryStatus"] == "Completed"
    assert ended["TrainingStartTime"] == BEGIN + timedelta(seconds=90)
    assert ended["TrainingEndTime"] == BEGIN + timedelta(seconds=90 + 30 + 600 + 10)
    assert ended["TrainingTimeInSeconds"] == ended["BillableTimeInSeconds"] == 640
    assert all("EndTime" in one for one in ended["SecondaryStatusTransitions"])
    uri = f"s3://{BUCKET}/results/job/output/model.tar.gz"
    assert ended["ModelArtifacts"] == {"S3ModelArtifacts": uri}
    assert ended["TrainingJobArn"].endswith(":training-job/job")


def test_a_container_that_fails_makes_its_job_fail_with_what_it_has_written(
    tmp_path: Path,
) -> None:
    containers = IdleContainers(
        exits_after_seconds=5,
        exit_code=3,
        writes={
            "output/failure": b"no data",
            "model/weights": b"half",
            "output/data/report": b"why",
        },
    )
    with virtual_aws(tmp_path, containers) as (aws, clock):
        create(aws)
        ended = run_to_end(aws, clock)
        found = keys(aws, "results/")

    assert (ended["TrainingJobStatus"], ended["SecondaryStatus"]) == ("Failed", "Failed")
    assert ended["FailureReason"] == "AlgorithmError: no data, exit code: 3"
    assert found == ["results/job/output/output.tar.gz"]


def test_a_stop_gives_the_container_time_to_save(tmp_path: Path) -> None:
    containers = IdleContainers(stop_seconds=100, writes={"model/weights": b"saved"})
    with virtual_aws(tmp_path, containers) as (aws, clock):
        create(aws)
        run_until_status(clock, "Training")
        aws.client("sagemaker").stop_training_job(TrainingJobName="job")
        stopping = describe(aws)
        began_at = clock.now()
        ended = run_to_end(aws, clock)
        model = files_in_archive(aws, "results/job/output/model.tar.gz")
        with pytest.raises(ClientError, match=r"ValidationException.*is in status Stopped\.") as no:
            aws.client("sagemaker").stop_training_job(TrainingJobName="job")

    assert stopping["TrainingJobStatus"] == stopping["SecondaryStatus"] == "Stopping"
    assert (ended["TrainingJobStatus"], ended["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert ended["TrainingEndTime"] - began_at == timedelta(seconds=100)
    assert model == {"weights": b"saved"}
    assert no.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_container_that_ignores_the_stop_is_killed_after_two_minutes(tmp_path: Path) -> None:
    with virtual_aws(tmp_path, IdleContainers(stop_seconds=None)) as (aws, clock):
        create(aws)
        run_until_status(clock, "Training")
        began_at = clock.now()
        aws.client("sagemaker").stop_training_job(TrainingJobName="job")
        ended = run_to_end(aws, clock)
    assert ended["SecondaryStatus"] == "Stopped"
    assert ended["TrainingEndTime"] - began_at == timedelta(seconds=120)


def test_a_job_that_is_stopped_before_it_has_instances_starts_no_container(tmp_path: Path) -> None:
    containers = IdleContainers()
    with virtual_aws(tmp_path, containers, training_delays=DELAYS) as (aws, clock):
        create(aws)
        clock.run_until(BEGIN + timedelta(seconds=10))
        aws.client("sagemaker").stop_training_job(TrainingJobName="job")
        ended = run_to_end(aws, clock)
    assert statuses(ended) == ["Starting", "Stopping", "Stopped"]
    assert "TrainingStartTime" not in ended
    assert containers.started == []


def test_a_job_ends_when_its_longest_runtime_is_over(tmp_path: Path) -> None:
    with virtual_aws(tmp_path) as (aws, clock):
        create(aws)
        ended = run_to_end(aws, clock)
    assert (ended["TrainingJobStatus"], ended["SecondaryStatus"]) == (
        "Stopped",
        "MaxRuntimeExceeded",
    )
    assert ended["TrainingTimeInSeconds"] == 3600


def test_channels_are_downloaded_to_every_host_and_sharded_ones_divided(tmp_path: Path) -> None:
    containers = IdleContainers()
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1}
    with virtual_aws(tmp_path, containers) as (aws, clock):
        for number in range(3):
            put(aws, f"data/part{number}", str(number).encode())
        put(aws, "data/deep/part3", b"3")
        put(aws, "other/file", b"file")
        request = request_of(
            ResourceConfig=resources,
            InputDataConfig=[
                channel("train", f"s3://{BUCKET}/data"),
                channel("one", f"s3://{BUCKET}/other/file"),
                channel("shards", f"s3://{BUCKET}/data/", S3DataDistributionType="ShardedByS3Key"),
            ],
        )
        create(aws, request)
        run_until_status(clock, "Training")
        clock.run_until(clock.now() + timedelta(seconds=1))
        found = {
            one.host: sorted(
                path.relative_to(one.ml_folder / "input/data").as_posix()
                for path in (one.ml_folder / "input/data").rglob("*")
                if path.is_file()
            )
            for one in containers.started
        }
    all_files = ["one/file", "train/deep/part3", "train/part0", "train/part1", "train/part2"]
    assert found == {
        "algo-1": sorted([*all_files, "shards/deep/part3", "shards/part1"]),
        "algo-2": sorted([*all_files, "shards/part0", "shards/part2"]),
    }


def test_one_failing_host_ends_the_others(tmp_path: Path) -> None:
    containers = IdleContainers(stop_seconds=None)
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1}
    with virtual_aws(tmp_path, containers) as (aws, clock):
        create(aws, request_of(ResourceConfig=resources))
        run_until_status(clock, "Training")
        clock.run_until(clock.now() + timedelta(seconds=1))
        containers.started[1].exit(9)
        ended = run_to_end(aws, clock)
    assert ended["FailureReason"] == "AlgorithmError: , exit code: 9"


def test_results_without_compression_are_uploaded_file_by_file(tmp_path: Path) -> None:
    containers = IdleContainers(exits_after_seconds=1, writes={"model/a/b": b"1"})
    output = {"S3OutputPath": f"s3://{BUCKET}/results/", "CompressionType": "NONE"}
    with virtual_aws(tmp_path, containers) as (aws, clock):
        create(aws, request_of(OutputDataConfig=output))
        ended = run_to_end(aws, clock)
        found = keys(aws, "results/")
    assert found == ["results/job/output/model/a/b"]
    assert ended["ModelArtifacts"]["S3ModelArtifacts"].endswith("/results/job/output/model/")


def test_the_log_goes_to_cloudwatch_and_its_metrics_to_the_job(tmp_path: Path) -> None:
    containers = IdleContainers(
        exits_after_seconds=5, log=b"loss=0.5;\nloss=0.25;\nnothing\nacc=nan?"
    )
    algorithm = {
        **request_of()["AlgorithmSpecification"],
        "MetricDefinitions": [
            {"Name": "accuracy", "Regex": "acc=([0-9.]+)"},
            {"Name": "loss", "Regex": "loss=([0-9.]+);"},
        ],
    }
    with virtual_aws(tmp_path, containers) as (aws, clock):
        create(aws, request_of(AlgorithmSpecification=algorithm))
        ended = run_to_end(aws, clock)
        logs, group = aws.client("logs"), "/aws/sagemaker/TrainingJobs"
        streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
        name = streams[0]["logStreamName"]
        events = logs.get_log_events(logGroupName=group, logStreamName=name)["events"]

    assert name == f"job/algo-1-{int(ended['TrainingStartTime'].timestamp())}"
    assert [one["message"] for one in events] == ["loss=0.5;", "loss=0.25;", "nothing", "acc=nan?"]
    assert [(one["MetricName"], one["Value"]) for one in ended["FinalMetricDataList"]] == [
        ("loss", 0.25)
    ]


def test_each_change_is_an_event_with_the_description(tmp_path: Path) -> None:
    containers = IdleContainers(exits_after_seconds=5)
    with virtual_aws(tmp_path, containers) as (aws, clock):
        url = listen(aws, {"source": ["aws.sagemaker"]})
        create(aws, request_of(Tags=[{"Key": "team", "Value": "blue"}]))
        run_to_end(aws, clock)
        events = heard(aws, url, 5)

    details = [one["detail"] for one in events]
    assert [one["SecondaryStatus"] for one in details] == [
        "Starting",
        "Downloading",
        "Training",
        "Uploading",
        "Completed",
    ]
    last = events[-1]
    assert last["detail-type"] == "SageMaker Training Job State Change"
    assert last["resources"] == [details[-1]["TrainingJobArn"]]
    assert details[-1]["Tags"] == {"team": "blue"}
    assert details[-1]["CreationTime"] == int(BEGIN.timestamp() * 1000)


def test_a_job_whose_role_may_not_read_its_data_fails(tmp_path: Path) -> None:
    statement = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    with virtual_aws(tmp_path, enforce_roles=True) as (aws, clock):
        put(aws, "data/file")
        aws.client("iam").put_role_policy(
            RoleName="trainer", PolicyName="not", PolicyDocument=policy
        )
        create(aws, request_of(InputDataConfig=[channel("train", f"s3://{BUCKET}/data")]))
        ended = run_to_end(aws, clock)
    assert ended["TrainingJobStatus"] == "Failed"
    assert ended["FailureReason"].startswith("ClientError: Data download failed:Access denied")


def test_a_job_that_does_not_exist_is_not_found(tmp_path: Path) -> None:
    with virtual_aws(tmp_path) as (aws, _):
        sagemaker = aws.client("sagemaker")
        for call in (sagemaker.describe_training_job, sagemaker.stop_training_job):
            with pytest.raises(ClientError, match=r"ValidationException.*resource not found"):
                call(TrainingJobName="never")


def test_closing_the_embedded_aws_ends_all_containers(tmp_path: Path) -> None:
    containers = IdleContainers()
    with virtual_aws(tmp_path, containers) as (aws, clock):
        create(aws)
        run_until_status(clock, "Training")
        clock.run_until(clock.now() + timedelta(seconds=1))
    assert [one.is_closed for one in containers.started] == [True]
    with virtual_aws(tmp_path, containers) as (aws, _):
        assert aws.client("sagemaker").list_training_jobs()["TrainingJobSummaries"] == []


def test_a_job_runs_on_the_real_clock(tmp_path: Path) -> None:
    containers = IdleContainers(exits_after_seconds=0.01, writes={"model/weights": b"1"})
    settings = Settings(
        enforce_roles=False,
        training_containers=containers,
        training_delays=TrainingDelays(start=0),
    )
    with EmbeddedAws(settings, folder=tmp_path) as aws:
        aws.client("s3").create_bucket(Bucket=BUCKET)
        create(aws)
        ended: Any = until(
            lambda: (found := describe(aws))["TrainingJobStatus"] != "InProgress" and found
        )
    assert ended["TrainingJobStatus"] == "Completed"
