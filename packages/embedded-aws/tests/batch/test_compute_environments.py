"""A compute environment starts instances for jobs, and ends those that stay idle."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws.arm_faults import arm
from embedded_aws.fault_injection.fault import Fault, FaultKind
from embedded_aws_helpers.batch import (
    BEGIN,
    DELAYS,
    describe,
    ec2_resources,
    environment_of,
    fargate_resources,
    make_environment,
    make_queue,
    register,
    run_to_end,
    run_until_status,
    submit,
    virtual_batch,
)
from embedded_aws_helpers.builders import until
from embedded_aws_helpers.idle_containers import IdleContainers

SPOT = {"type": "SPOT", "allocationStrategy": "SPOT_PRICE_CAPACITY_OPTIMIZED"}
FARGATE: dict[str, Any] = {
    "platformCapabilities": ["FARGATE"],
    "properties": {
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        "resourceRequirements": [
            {"type": "VCPU", "value": "0.5"},
            {"type": "MEMORY", "value": "1024"},
        ],
    },
}


def test_it_is_created_changed_and_deleted(aws: EmbeddedAws) -> None:
    batch = aws.client("batch")
    arn = make_environment(aws)
    make_queue(aws, "queue", "environment")
    with pytest.raises(ClientError, match="state must be DISABLED"):
        batch.delete_compute_environment(computeEnvironment=arn)
    batch.update_compute_environment(
        computeEnvironment="environment", state="DISABLED", computeResources={"maxvCpus": 8}
    )
    updating = environment_of(aws, arn)
    until(lambda: environment_of(aws, arn)["status"] == "VALID")
    with pytest.raises(ClientError, match="JobQueue relationship"):
        batch.delete_compute_environment(computeEnvironment=arn)
    batch.update_job_queue(jobQueue="queue", state="DISABLED")
    until(lambda: batch.describe_job_queues()["jobQueues"][0]["status"] == "VALID")
    batch.delete_job_queue(jobQueue="queue")
    until(lambda: not batch.describe_job_queues()["jobQueues"])
    batch.delete_compute_environment(computeEnvironment=arn)
    until(lambda: not batch.describe_compute_environments()["computeEnvironments"])

    assert (updating["status"], updating["computeResources"]["maxvCpus"]) == ("UPDATING", 8)
    assert "/AWSBatch-environment-" in updating["ecsClusterArn"]
    assert updating["serviceRole"].endswith("/AWSServiceRoleForBatch")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"type": "OTHER"}, "Member must satisfy"),
        ({"instanceRole": "other"}, "Could not find instanceRole"),
        ({"instanceTypes": ["z9.huge"]}, "does not exist"),
        ({"subnets": ["subnet-0"]}, "does not exist"),
        ({"allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"}, "is not supported"),
        ({"type": "FARGATE"}, "not applicable to Fargate"),
        ({"maxvCpus": 1, "minvCpus": 2}, "at least minvCpus"),
    ],
)
def test_what_is_no_environment_is_refused(
    aws: EmbeddedAws, changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(ClientError, match=message):
        make_environment(aws, **ec2_resources(aws, **changed))


def test_jobs_share_an_instance_which_ends_when_it_stays_idle(tmp_path: Path) -> None:
    containers = IdleContainers(exits_after_seconds=600)
    with virtual_batch(tmp_path, containers) as (aws, clock):
        larger = [{"type": "VCPU", "value": "3"}]
        first = submit(aws, containerOverrides={"resourceRequirements": larger})
        running = run_until_status(aws, clock, first, "RUNNING")
        smaller = [{"type": "VCPU", "value": "1"}]
        second = submit(aws, containerOverrides={"resourceRequirements": smaller})
        shared = run_until_status(aws, clock, second, "RUNNING")
        arn = running["container"]["containerInstanceArn"]
        (host,) = aws.client("ecs").describe_container_instances(
            cluster=arn.split("/")[1], containerInstances=[arn]
        )["containerInstances"]
        ended = run_to_end(aws, clock, second)
        clock.run_while(lambda: instances(aws) == [("m5.xlarge", "running")])
        is_gone_after = clock.now().timestamp() - ended["stoppedAt"] / 1000
        gone = aws.client("ecs").describe_container_instances(
            cluster=arn.split("/")[1], containerInstances=[arn]
        )

    assert shared["container"]["containerInstanceArn"] == arn
    assert host["runningTasksCount"] == 2
    remaining = {one["name"]: one["integerValue"] for one in host["remainingResources"]}
    assert remaining["CPU"] == 0
    assert is_gone_after == 300
    assert gone["failures"][0]["reason"] == "MISSING"


def test_a_job_waits_for_vcpus_and_says_if_it_waits_in_vain(tmp_path: Path) -> None:
    with virtual_batch(tmp_path) as (aws, clock):
        small = make_environment(aws, "small", **ec2_resources(aws, maxvCpus=2))
        make_queue(aws, "narrow", small)
        first = submit(aws, jobQueue="narrow")
        run_until_status(aws, clock, first, "RUNNING")
        second = submit(aws, jobQueue="narrow")
        waiting = run_until_status(aws, clock, second, "RUNNABLE")
        aws.client("batch").terminate_job(jobId=first, reason="enough")
        run_until_status(aws, clock, second, "RUNNING")
        large = submit(aws, containerOverrides=needs("VCPU", "32"))
        huge = submit(aws, containerOverrides=needs("MEMORY", "999999"))
        clock.run_while(lambda: not describe(aws, large).get("statusReason"))
        aws.client("batch").cancel_job(jobId=large, reason="too large")
        clock.run_while(lambda: not describe(aws, huge).get("statusReason"))
        reasons = [describe(aws, one)["statusReason"] for one in (large, huge)]
    assert "statusReason" not in waiting
    assert reasons[0] == "too large"
    assert reasons[1].startswith("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - ")


def test_no_capacity_is_a_reason_to_wait_and_another_type_is_tried(tmp_path: Path) -> None:
    lacking = frozenset({"m5.large"})
    with virtual_batch(tmp_path, unavailable_instance_types=lacking) as (aws, clock):
        job_id = submit(aws)
        run_until_status(aws, clock, job_id, "RUNNING")
        assert instances(aws) == [("m5.xlarge", "running")]
        only = make_environment(aws, "only", **ec2_resources(aws, instanceTypes=["m5.large"]))
        make_queue(aws, "other", only)
        blocked = submit(aws, jobQueue="other")
        clock.run_while(lambda: not describe(aws, blocked).get("statusReason"))
        reason = describe(aws, blocked)["statusReason"]
    assert reason == (
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested"
        " for instance type [m5.large]"
    )


def test_a_spot_interruption_ends_the_attempt_and_the_next_has_another_instance(
    tmp_path: Path,
) -> None:
    with virtual_batch(tmp_path) as (aws, clock):
        make_queue(aws, "spot", make_environment(aws, "cheap", **ec2_resources(aws, **SPOT)))
        job_id = submit(aws, jobQueue="spot", retryStrategy={"attempts": 2})
        running = run_until_status(aws, clock, job_id, "RUNNING")
        arm([Fault(FaultKind.SPOT_INTERRUPTION, timedelta(seconds=300))], BEGIN)
        again = run_until_status(aws, clock, job_id, "RUNNABLE", "FAILED")
        described = aws.client("ec2").describe_instances()["Reservations"]
        after = run_until_status(aws, clock, job_id, "RUNNING")

    first = described[0]["Instances"][0]
    (attempt,) = again["attempts"]
    assert first["InstanceLifecycle"] == "spot"
    assert attempt["statusReason"] == f"Host EC2 (instance {first['InstanceId']}) terminated."
    assert "exitCode" not in attempt["container"]
    hosts = [one["container"]["containerInstanceArn"] for one in (running, after)]
    assert hosts[0] != hosts[1]


def test_a_job_on_fargate_has_a_task_but_no_instance(tmp_path: Path) -> None:
    containers = IdleContainers(exits_after_seconds=60)
    with virtual_batch(tmp_path, containers) as (aws, clock):
        kept = {"type": "FARGATE_SPOT"}
        make_queue(aws, "fargate", make_environment(aws, "tasks", **fargate_resources(aws, **kept)))
        register(aws, "small", **FARGATE)
        ended = run_to_end(aws, clock, submit(aws, jobQueue="fargate", jobDefinition="small"))
        running = submit(aws, jobQueue="fargate", jobDefinition="small")
        run_until_status(aws, clock, running, "RUNNING")
        arm([Fault(FaultKind.SPOT_INTERRUPTION, timedelta())], clock.now())
        interrupted = run_to_end(aws, clock, running)
        started = instances(aws)
    assert (ended["status"], ended["platformCapabilities"]) == ("SUCCEEDED", ["FARGATE"])
    assert "containerInstanceArn" not in ended["container"]
    assert ended["container"]["taskArn"]
    assert interrupted["statusReason"] == "Your Spot Task was interrupted."
    assert started == []


def test_min_vcpus_are_there_without_a_job(tmp_path: Path) -> None:
    with virtual_batch(tmp_path) as (aws, clock):
        resources = ec2_resources(aws, minvCpus=4, instanceTypes=["m5.large"])
        aws.client("batch").create_compute_environment(
            computeEnvironmentName="warm", type="MANAGED", computeResources=resources
        )
        clock.run_while(lambda: len(instances(aws)) < 2)
        clock.run_while(lambda: clock.now() < BEGIN + timedelta(seconds=DELAYS.idle))
        assert instances(aws) == [("m5.large", "running")] * 2


def needs(kind: str, value: str) -> dict[str, Any]:
    return {"resourceRequirements": [{"type": kind, "value": value}]}


def instances(aws: EmbeddedAws) -> list[tuple[str, str]]:
    found = aws.client("ec2").describe_instances()["Reservations"]
    return [
        (one["InstanceType"], one["State"]["Name"]) for each in found for one in each["Instances"]
    ]
