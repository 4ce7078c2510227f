"""Capacity, interruptions and other faults of training jobs."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.arm_faults import arm
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.fault_injection.call_faults import CallFault, strike_calls
from embedded_aws.fault_injection.fault import Fault, FaultKind
from embedded_aws.training_delays import TrainingDelays
from embedded_aws_helpers.builders import until
from embedded_aws_helpers.events import heard, listen
from embedded_aws_helpers.idle_containers import IdleContainers
from embedded_aws_helpers.roles import EVERYTHING, client_that_may
from embedded_aws_helpers.training_jobs import (
    create,
    describe,
    keys,
    request_of,
    run_to_end,
    run_until_status,
    spot_request,
    statuses,
    virtual_aws,
)

LACKING = frozenset({"ml.m5.large", "ml.g5.xlarge"})


def strike(clock: VirtualClock, kind: FaultKind) -> None:
    """Let a fault begin a minute after now, and let it happen."""
    begins_at = clock.now() + timedelta(minutes=1)
    arm([Fault(kind, timedelta(minutes=1))], clock.now())
    clock.run_until(begins_at + timedelta(seconds=1))


def test_a_job_without_capacity_fails(tmp_path: Path) -> None:
    delays = TrainingDelays(start=5, capacity=300)
    with virtual_aws(tmp_path, unavailable_instance_types=LACKING, training_delays=delays) as (
        aws,
        clock,
    ):
        create(aws)
        ended = run_to_end(aws, clock)
    assert statuses(ended) == ["Starting", "Pending", "Failed"]
    assert ended["FailureReason"].startswith(
        "CapacityError: Unable to provision requested ML compute capacity."
    )
    waited = ended["LastModifiedTime"] - ended["CreationTime"]
    assert waited == timedelta(seconds=305)
    assert "TrainingStartTime" not in ended


def test_an_accelerated_job_is_pending_as_long_as_it_may(tmp_path: Path) -> None:
    request = request_of(
        StoppingCondition={"MaxRuntimeInSeconds": 60, "MaxPendingTimeInSeconds": 7200}
    )
    request["ResourceConfig"]["InstanceType"] = "ml.g5.xlarge"
    delays = TrainingDelays(start=0)
    with virtual_aws(tmp_path, unavailable_instance_types=LACKING, training_delays=delays) as (
        aws,
        clock,
    ):
        create(aws, request)
        ended = run_to_end(aws, clock)
    assert ended["LastModifiedTime"] - ended["CreationTime"] == timedelta(hours=2)
    assert ended["TrainingJobStatus"] == "Failed"


def test_a_spot_job_waits_for_capacity_until_its_longest_wait_is_over(tmp_path: Path) -> None:
    with virtual_aws(tmp_path, unavailable_instance_types=LACKING) as (aws, clock):
        create(aws, spot_request())
        ended = run_to_end(aws, clock)
    assert (ended["TrainingJobStatus"], ended["SecondaryStatus"]) == (
        "Stopped",
        "MaxWaitTimeExceeded",
    )
    assert ended["LastModifiedTime"] - ended["CreationTime"] == timedelta(hours=2)


def test_an_interrupted_spot_job_starts_again_with_its_checkpoints(tmp_path: Path) -> None:
    containers = IdleContainers(exits_after_seconds=600)
    with virtual_aws(tmp_path, containers) as (aws, clock):
        create(aws, spot_request())
        run_until_status(clock, "Training")
        clock.run_until(clock.now() + timedelta(seconds=10))
        (containers.started[0].ml_folder / "checkpoints" / "step1").write_bytes(b"1")
        strike(clock, FaultKind.SPOT_INTERRUPTION)
        interrupted = describe(aws)
        run_until_status(clock, "Training")
        clock.run_until(clock.now() + timedelta(seconds=1))
        restored = (containers.started[1].ml_folder / "checkpoints" / "step1").read_bytes()
        ended = run_to_end(aws, clock)
        found = keys(aws, "checkpoints/")

    assert interrupted["TrainingJobStatus"] == "InProgress"
    assert interrupted["SecondaryStatus"] in ("Interrupted", "Starting")
    assert restored == b"1"
    assert found == ["checkpoints/step1"]
    assert statuses(ended) == [
        "Starting",
        "Downloading",
        "Training",
        "Interrupted",
        "Starting",
        "Downloading",
        "Training",
        "Uploading",
        "Completed",
    ]
    # Ten seconds and a minute, then all of it once more; a share of both is billed.
    assert ended["TrainingTimeInSeconds"] == 670
    assert ended["BillableTimeInSeconds"] == 235


def test_an_on_demand_job_is_not_interrupted(tmp_path: Path) -> None:
    with virtual_aws(tmp_path) as (aws, clock):
        create(aws)
        run_until_status(clock, "Training")
        strike(clock, FaultKind.SPOT_INTERRUPTION)
        assert describe(aws)["SecondaryStatus"] == "Training"


@pytest.mark.parametrize("retries", [0, 1])
def test_a_job_that_loses_its_instances_fails_unless_it_has_retries(
    tmp_path: Path, retries: int
) -> None:
    containers = IdleContainers(exits_after_seconds=600)
    parts: dict[str, Any] = {"RetryStrategy": {"MaximumRetryAttempts": 1}} if retries else {}
    with virtual_aws(tmp_path, containers) as (aws, clock):
        create(aws, request_of(**parts))
        run_until_status(clock, "Training")
        strike(clock, FaultKind.INSTANCE_KILLED)
        ended = run_to_end(aws, clock)
    if retries:
        assert ended["TrainingJobStatus"] == "Completed"
        assert "Restarting" in statuses(ended)
    else:
        assert ended["FailureReason"].startswith("InternalServerError: ")


def test_a_hung_container_is_killed_after_a_stop(tmp_path: Path) -> None:
    with virtual_aws(tmp_path) as (aws, clock):
        create(aws)
        run_until_status(clock, "Training")
        strike(clock, FaultKind.MACHINE_SILENT)
        began_at = clock.now()
        aws.client("sagemaker").stop_training_job(TrainingJobName="job")
        ended = run_to_end(aws, clock)
    assert ended["TrainingEndTime"] - began_at == timedelta(seconds=120)


def test_the_events_of_an_end_can_get_lost(tmp_path: Path) -> None:
    with virtual_aws(tmp_path, IdleContainers(exits_after_seconds=120)) as (aws, clock):
        url = listen(aws, {"source": ["aws.sagemaker"]})
        create(aws)
        run_until_status(clock, "Training")
        strike(clock, FaultKind.LOST_EVENT)
        run_to_end(aws, clock)
        create(aws, request_of("next"))
        until(lambda: describe(aws, "next"))
        events = heard(aws, url, 4)
    assert [one["detail"]["SecondaryStatus"] for one in events] == [
        "Starting",
        "Downloading",
        "Training",
        "Starting",
    ]


def test_results_that_s3_refuses_make_a_job_fail(tmp_path: Path) -> None:
    containers = IdleContainers(exits_after_seconds=120, writes={"model/weights": b"1"})
    with virtual_aws(tmp_path, containers) as (aws, clock):
        create(aws)
        run_until_status(clock, "Training")
        strike(clock, FaultKind.NO_S3_RIGHTS)
        ended = run_to_end(aws, clock)
    assert ended["FailureReason"].startswith("ClientError: Artifact upload failed:")


def test_a_job_can_have_an_unknown_status(tmp_path: Path) -> None:
    with virtual_aws(tmp_path, enforce_roles=True) as (aws, _):
        create(aws)
        client = client_that_may(aws, "sagemaker", EVERYTHING)
        strike_calls(lambda call: CallFault.UNKNOWN_STATUS)
        described = client.describe_training_job(TrainingJobName="job")
        strike_calls(None)
        unharmed = client.describe_training_job(TrainingJobName="job")
    assert described["TrainingJobStatus"] == "NOT_YET_INVENTED"
    assert described["SecondaryStatus"] == unharmed["SecondaryStatus"]
    assert unharmed["TrainingJobStatus"] == "InProgress"
