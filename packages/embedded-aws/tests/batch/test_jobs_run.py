"""A job goes through its statuses on an instance, and ends by itself or on request."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.batch import (
    describe,
    run_to_end,
    run_until_status,
    seconds_after_begin,
    submit,
    virtual_batch,
)
from embedded_aws_helpers.events import heard, listen
from embedded_aws_helpers.idle_containers import IdleContainers


def test_a_job_takes_time_and_runs_on_an_instance_that_is_started_for_it(tmp_path: Path) -> None:
    containers = IdleContainers(exits_after_seconds=600, log=b"hello\n")
    with virtual_batch(tmp_path, containers) as (aws, clock):
        queue = listen(aws, {"source": ["aws.batch"]})
        job_id = submit(aws)
        first = describe(aws, job_id)
        running = run_until_status(aws, clock, job_id, "RUNNING")
        instance = instance_of(aws, running)
        ended = run_to_end(aws, clock, job_id)
        events = heard(aws, queue, 5)
        log = aws.client("logs").get_log_events(
            logGroupName="/aws/batch/job", logStreamName=ended["container"]["logStreamName"]
        )

    assert (first["status"], first["attempts"]) == ("SUBMITTED", [])
    assert "startedAt" not in first
    task_id = running["container"]["taskArn"].rpartition("/")[2]
    assert running["container"]["logStreamName"] == f"definition/default/{task_id}"
    assert (instance["InstanceType"], instance["State"]["Name"]) == ("m5.large", "running")
    assert instance["Placement"]["AvailabilityZone"].startswith("us-east-1")
    assert ended["status"] == "SUCCEEDED"
    assert ended["statusReason"] == "Essential container in task exited"
    assert ended["container"]["exitCode"] == 0
    assert seconds_after_begin(ended["startedAt"]) == 10 + 90 + 20
    assert seconds_after_begin(ended["stoppedAt"]) == 10 + 90 + 20 + 600
    (attempt,) = ended["attempts"]
    assert attempt["container"]["taskArn"] == ended["container"]["taskArn"]
    assert [one["message"] for one in log["events"]] == ["hello"]
    assert [one["detail"]["status"] for one in events] == [
        "SUBMITTED",
        "RUNNABLE",
        "STARTING",
        "RUNNING",
        "SUCCEEDED",
    ]
    assert events[0]["detail-type"] == "Batch Job State Change"
    assert events[-1]["resources"] == [ended["jobArn"]]
    assert events[-1]["detail"]["container"]["exitCode"] == 0


def test_terminate_job_gives_the_container_30_seconds_after_sigterm(tmp_path: Path) -> None:
    with virtual_batch(tmp_path, IdleContainers(stop_seconds=20)) as (aws, clock):
        ended = terminated(aws, clock)
    assert (ended["status"], ended["statusReason"]) == ("FAILED", "no longer needed")
    assert (ended["container"]["exitCode"], ended["isTerminated"]) == (143, True)


def test_terminate_job_kills_a_container_that_does_not_end(tmp_path: Path) -> None:
    with virtual_batch(tmp_path, IdleContainers(stop_seconds=None)) as (aws, clock):
        ended = terminated(aws, clock)
    assert ended["container"]["exitCode"] == 137
    assert ended["stoppedAt"] - ended["startedAt"] == 30_000


def test_cancel_job_succeeds_without_an_effect_once_the_job_starts(tmp_path: Path) -> None:
    with virtual_batch(tmp_path, IdleContainers(exits_after_seconds=60)) as (aws, clock):
        job_id = submit(aws)
        run_until_status(aws, clock, job_id, "RUNNING")
        aws.client("batch").cancel_job(jobId=job_id, reason="no longer needed")
        ended = run_to_end(aws, clock, job_id)
    assert (ended["status"], ended["isCancelled"]) == ("SUCCEEDED", False)


@pytest.mark.parametrize("operation", ["cancel_job", "terminate_job"])
def test_a_job_that_has_not_started_fails_with_the_reason(tmp_path: Path, operation: str) -> None:
    with virtual_batch(
        tmp_path, unavailable_instance_types=frozenset({"m5.large", "m5.xlarge"})
    ) as (
        aws,
        clock,
    ):
        job_id = submit(aws)
        waiting = run_until_status(aws, clock, job_id, "RUNNABLE")
        getattr(aws.client("batch"), operation)(jobId=job_id, reason="no longer needed")
        ended = run_to_end(aws, clock, job_id)
    assert waiting["container"].get("taskArn") is None
    assert (ended["status"], ended["statusReason"]) == ("FAILED", "no longer needed")
    assert ended["attempts"] == []
    assert "startedAt" not in ended


def test_a_job_that_runs_too_long_is_stopped_and_not_tried_again(tmp_path: Path) -> None:
    with virtual_batch(tmp_path) as (aws, clock):
        job_id = submit(
            aws, timeout={"attemptDurationSeconds": 3600}, retryStrategy={"attempts": 3}
        )
        ended = run_to_end(aws, clock, job_id)
    assert (ended["status"], len(ended["attempts"])) == ("FAILED", 1)
    assert ended["statusReason"] == "Job attempt duration exceeded timeout"
    assert ended["stoppedAt"] - ended["startedAt"] == 3_600_000


def test_a_failed_attempt_is_tried_again_as_its_strategy_says(tmp_path: Path) -> None:
    containers = IdleContainers(exits_after_seconds=5, exit_code=3)
    retry = {"attempts": 4, "evaluateOnExit": [{"onExitCode": "3", "action": "RETRY"}]}
    leave = {"attempts": 4, "evaluateOnExit": [{"onStatusReason": "Ess*", "action": "EXIT"}]}
    with virtual_batch(tmp_path, containers) as (aws, clock):
        again = run_to_end(aws, clock, submit(aws, retryStrategy=retry))
        once = run_to_end(aws, clock, submit(aws, retryStrategy=leave))
    assert (len(again["attempts"]), len(once["attempts"])) == (4, 1)
    assert again["attempts"][0]["container"]["exitCode"] == 3
    tasks = {one["container"]["taskArn"] for one in again["attempts"]}
    assert len(tasks) == 4


def test_overrides_and_parameters_reach_the_container(tmp_path: Path) -> None:
    containers = IdleContainers(exits_after_seconds=5)
    with virtual_batch(tmp_path, containers) as (aws, clock):
        job_id = submit(
            aws,
            parameters={"rate": "0.1"},
            containerOverrides={
                "command": ["train", "--rate=Ref::rate", "Ref::other"],
                "environment": [{"name": "SEED", "value": "7"}],
                "resourceRequirements": [{"type": "VCPU", "value": "4"}],
            },
            tags={"team": "a"},
        )
        ended = run_to_end(aws, clock, job_id)
    task = containers.started[0].request["task"]
    assert task.command == ("train", "--rate=0.1", "Ref::other")
    assert (task.vcpus, task.memory_mib, task.instance_type) == (4.0, 1024, "m5.xlarge")
    assert {"SEED": "7", "AWS_BATCH_JOB_ID": job_id}.items() <= task.environment.items()
    assert task.environment["AWS_BATCH_JOB_ATTEMPT"] == "1"
    assert ended["tags"] == task.tags == {"team": "a"}
    assert ended["parameters"] == {"rate": "0.1"}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"jobName": "no spaces"}, "Job name should match valid pattern"),
        ({"jobQueue": "other"}, "Job queue other does not exist"),
        ({"jobDefinition": "other:1"}, "Job definition other:1 does not exist"),
        ({"timeout": {"attemptDurationSeconds": 59}}, "at least 60"),
        ({"containerOverrides": {"environment": [{"name": "X", "value": "x" * 31_000}]}}, "30 KiB"),
        (
            {"containerOverrides": {"environment": [{"name": "AWS_BATCH_X", "value": "x"}]}},
            "must not start with AWS_BATCH",
        ),
    ],
)
def test_what_cannot_run_is_refused(tmp_path: Path, parts: dict[str, Any], message: str) -> None:
    given = {"jobName": "job", "jobQueue": "queue", "jobDefinition": "definition", **parts}
    with virtual_batch(tmp_path) as (aws, _), pytest.raises(ClientError, match=message):
        aws.client("batch").submit_job(**given)


def terminated(aws: EmbeddedAws, clock: Any) -> dict[str, Any]:
    job_id = submit(aws)
    run_until_status(aws, clock, job_id, "RUNNING")
    aws.client("batch").terminate_job(jobId=job_id, reason="no longer needed")
    return run_to_end(aws, clock, job_id)


def instance_of(aws: EmbeddedAws, job: dict[str, Any]) -> dict[str, Any]:
    """Return the instance on which a job runs."""
    arn = job["container"]["containerInstanceArn"]
    found = aws.client("ecs").describe_container_instances(
        cluster=arn.split("/")[1], containerInstances=[arn]
    )
    instance_id = found["containerInstances"][0]["ec2InstanceId"]
    described = aws.client("ec2").describe_instances(InstanceIds=[instance_id])
    return dict(described["Reservations"][0]["Instances"][0])


def test_a_job_whose_instance_ends_before_it_is_ready_waits_for_another(tmp_path: Path) -> None:
    with virtual_batch(tmp_path) as (aws, clock):
        job_id = submit(aws)
        clock.run_while(lambda: not aws.client("ec2").describe_instances()["Reservations"])
        (first,) = aws.client("ec2").describe_instances()["Reservations"]
        first_id = first["Instances"][0]["InstanceId"]
        aws.client("ec2").terminate_instances(InstanceIds=[first_id])
        running = run_until_status(aws, clock, job_id, "RUNNING")
        host = instance_of(aws, running)
    assert host["InstanceId"] != first_id
    assert running["attempts"] == []
