"""An injected fault happens at its time, as on AWS, and not before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.arm_faults import arm
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.fault_injection.fault import Fault, FaultKind
from embedded_aws_helpers.builders import (
    IMAGE_ID,
    create_function,
    create_stack,
    describe,
    events_of,
    instance_state,
    invoke,
    start,
)
from embedded_aws_helpers.idle_instances import IdleInstances

START = datetime(2031, 5, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}
ASKS = """
import boto3
from botocore.config import Config
def handle(event, context):
    try:
        client = boto3.client(event, config=Config(retries={"total_max_attempts": 1}))
        getattr(client, {"ec2": "describe_instances", "cloudformation": "describe_stacks"}[event])()
    except Exception as error:
        return error.response["Error"]["Code"]
    return "answered"
"""


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def aws(clock: VirtualClock, tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(instances=IdleInstances(), stack_delete_seconds=60, enforce_roles=False)
    with EmbeddedAws(settings, folder=tmp_path / "aws", clock=clock) as running:
        yield running


def at(clock: VirtualClock, timestamp: timedelta, kind: str) -> None:
    arm([Fault(FaultKind(kind), timestamp)], clock.now())


def launch(aws: EmbeddedAws, **request: Any) -> str:
    answer = aws.client("ec2").run_instances(
        ImageId=IMAGE_ID,
        MinCount=1,
        MaxCount=1,
        InstanceType="t3.micro",
        UserData="#!/bin/bash\n",
        **request,
    )
    return str(answer["Instances"][0]["InstanceId"])


def hear(aws: EmbeddedAws, detail_type: str) -> list[str]:
    """Start a machine for each event of a type; return the machine and a first run."""
    states = {"Heard": {"Type": "Pass", "End": True}}
    heard = start(aws, states)
    machine = heard.replace(":execution:", ":stateMachine:").rpartition(":")[0]
    events = aws.client("events")
    events.put_rule(Name="hears", EventPattern=f'{{"detail-type": ["{detail_type}"]}}')
    events.put_targets(
        Rule="hears",
        Targets=[{"Id": "1", "Arn": machine, "RoleArn": "arn:aws:iam::123456789012:role/any"}],
    )
    return [machine, heard]


def number_heard(aws: EmbeddedAws, heard: list[str]) -> int:
    found = aws.client("stepfunctions").list_executions(stateMachineArn=heard[0])["executions"]
    return len(found) - 1


def test_an_instance_is_killed_without_a_report(aws: EmbeddedAws, clock: VirtualClock) -> None:
    instance_id = launch(aws)
    heard = hear(aws, "EC2 Instance State-change Notification")
    at(clock, HOUR, "instance-killed")
    clock.run_until(START + HOUR - timedelta(seconds=1))
    before = (instance_state(aws, instance_id), number_heard(aws, heard))
    clock.run_until(START + HOUR)
    found = aws.client("ec2").describe_instances(InstanceIds=[instance_id])
    [instance] = found["Reservations"][0]["Instances"]
    assert before[1] == 0
    assert instance["State"]["Name"] == "terminated"
    assert instance["StateReason"]["Code"] == "Server.InternalError"
    assert number_heard(aws, heard) == 2  # shutting-down, terminated


def test_of_an_instance_that_ends_no_event_is_delivered(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    lost, later = launch(aws), launch(aws)
    clock.run_until(START)
    heard = hear(aws, "EC2 Instance State-change Notification")
    at(clock, timedelta(0), "lost-event")
    aws.client("ec2").terminate_instances(InstanceIds=[lost])
    clock.run_until(START + HOUR)
    after_the_first = number_heard(aws, heard)
    aws.client("ec2").terminate_instances(InstanceIds=[later])
    clock.run_until(START + 2 * HOUR)
    assert instance_state(aws, lost) == "terminated"
    assert (after_the_first, number_heard(aws, heard)) == (0, 2)


def test_from_a_given_time_on_there_is_no_capacity(aws: EmbeddedAws, clock: VirtualClock) -> None:
    at(clock, HOUR, "no-capacity")
    launch(aws)
    clock.run_until(START + HOUR)
    with pytest.raises(ClientError, match="InsufficientInstanceCapacity"):
        launch(aws)


def test_functions_are_throttled_for_five_minutes_and_the_administrator_is_not(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    create_function(aws, ASKS, Timeout=30)
    at(clock, HOUR, "throttled")
    assert [invoke(aws, name)[1] for name in ("ec2", "cloudformation")] == ["answered"] * 2
    clock.run_until(START + HOUR)
    found = [invoke(aws, name)[1] for name in ("ec2", "cloudformation")]
    assert found == ["RequestLimitExceeded", "Throttling"]
    assert aws.client("ec2").describe_instances()["Reservations"] == []
    clock.run_until(START + HOUR + timedelta(minutes=5))
    assert invoke(aws, "ec2")[1] == "answered"


def test_no_service_answers_a_function_for_ten_minutes_and_the_administrator_has_an_answer(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    create_function(aws, ASKS, Timeout=30)
    at(clock, HOUR, "unavailable")
    clock.run_until(START + HOUR)
    found = [invoke(aws, name)[1] for name in ("ec2", "cloudformation")]
    assert found == ["InternalError", "ServiceUnavailable"]
    assert aws.client("ec2").describe_instances()["Reservations"] == []
    clock.run_until(START + HOUR + timedelta(minutes=10))
    assert invoke(aws, "ec2")[1] == "answered"


def test_an_instance_that_never_boots_runs_and_says_so_on_its_console(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    before = launch(aws)
    at(clock, HOUR, "never-boots")
    clock.run_until(START + HOUR)
    instance_id = launch(aws)
    clock.run_until(START + 2000 * HOUR)
    ec2 = aws.client("ec2")
    assert instance_state(aws, instance_id) == "running"
    assert "hangs" in ec2.get_console_output(InstanceId=instance_id)["Output"]
    assert "hangs" not in ec2.get_console_output(InstanceId=before).get("Output", "")
    ec2.terminate_instances(InstanceIds=[instance_id])
    clock.run_until(clock.now() + HOUR)
    assert instance_state(aws, instance_id) == "terminated"


def test_one_deletion_of_a_stack_fails_and_the_next_works(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    stack = create_stack(aws, TOPIC)
    clock.run_until(START + HOUR)
    at(clock, timedelta(0), "delete-failed")

    def delete() -> str:
        aws.client("cloudformation").delete_stack(StackName=stack)
        clock.run_until(clock.now() + HOUR)
        return str(describe(aws, stack)["StackStatus"])

    assert [delete(), delete()] == ["DELETE_FAILED", "DELETE_COMPLETE"]
    assert events_of(aws, stack, "Topic").count("DELETE_FAILED") == 1


def test_a_forced_deletion_leaves_what_would_not_go_and_can_be_asked_for_after_a_failed_one_only(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    both: dict[str, Any] = {**TOPIC, "Second": {"Type": "AWS::SNS::Topic", "DependsOn": "Topic"}}
    stack = create_stack(aws, both)
    clock.run_until(START + HOUR)
    for _ in range(2):
        at(clock, timedelta(0), "delete-failed")
    formation = aws.client("cloudformation")
    with pytest.raises(ClientError, match="DELETE_FAILED"):
        formation.delete_stack(StackName=stack, DeletionMode="FORCE_DELETE_STACK")
    formation.delete_stack(StackName=stack)
    clock.run_until(clock.now() + HOUR)
    formation.delete_stack(StackName=stack, DeletionMode="FORCE_DELETE_STACK")
    clock.run_until(clock.now() + HOUR)
    assert describe(aws, stack)["StackStatus"] == "DELETE_COMPLETE"
    assert len(aws.client("sns").list_topics()["Topics"]) == 1


def test_a_spot_instance_gets_a_notice_and_is_reclaimed_two_minutes_later(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    spot = launch(aws, InstanceMarketOptions={"MarketType": "spot"})
    kept = launch(aws)
    heard = hear(aws, "EC2 Spot Instance Interruption Warning")
    at(clock, timedelta(seconds=10), "spot-interruption")
    clock.run_until(START + timedelta(seconds=10))
    assert number_heard(aws, heard) == 1
    assert instance_state(aws, spot) == "running"
    clock.run_until(START + timedelta(seconds=140))
    assert instance_state(aws, spot) == "terminated"
    assert instance_state(aws, kept) == "running"
