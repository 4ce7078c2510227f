"""Starts that EC2 refuses, and starts that fail after EC2 has accepted them."""

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
from embedded_aws_helpers.idle_instances import IdleInstances
from embedded_aws_helpers.instances import describe, launch, state_of

START_SECONDS = 20


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2031, 5, 1, tzinfo=UTC))


@pytest.fixture
def aws(clock: VirtualClock, tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(
        enforce_roles=False,
        instances=IdleInstances(),
        instance_start_seconds=START_SECONDS,
        unavailable_instance_types=frozenset({"p3.2xlarge"}),
    )
    with EmbeddedAws(settings, folder=tmp_path, clock=clock) as running:
        yield running


@pytest.fixture
def stopped(aws: EmbeddedAws, clock: VirtualClock) -> str:
    """Return an instance that was stopped."""
    instance_id = launch(aws, "#!/bin/bash\n")
    aws.client("ec2").stop_instances(InstanceIds=[instance_id])
    clock.run_while(lambda: state_of(aws, instance_id) != "stopped")
    return instance_id


def start(aws: EmbeddedAws, instance_id: str) -> dict[str, Any]:
    (started,) = aws.client("ec2").start_instances(InstanceIds=[instance_id])["StartingInstances"]
    return {**started}


def test_a_started_instance_is_pending_first(
    aws: EmbeddedAws, clock: VirtualClock, stopped: str
) -> None:
    began_at = clock.now()
    assert start(aws, stopped)["PreviousState"]["Name"] == "stopped"
    assert start(aws, stopped)["PreviousState"]["Name"] == "pending"
    clock.run_while(lambda: state_of(aws, stopped) == "pending")
    assert state_of(aws, stopped) == "running"
    assert describe(aws, stopped)["LaunchTime"] >= began_at + timedelta(seconds=START_SECONDS - 1)


def test_a_stop_shows_its_reason_from_the_request_on(aws: EmbeddedAws, stopped: str) -> None:
    found = describe(aws, stopped)
    assert found["StateReason"]["Code"] == "Client.UserInitiatedShutdown"
    assert found["StateTransitionReason"].startswith("User initiated (")
    assert found["StateTransitionReason"].endswith(" GMT)")


def test_a_failed_start_falls_back_to_stopped_and_the_next_one_succeeds(
    aws: EmbeddedAws, clock: VirtualClock, stopped: str
) -> None:
    with aws.context.at_work("test"):
        arm([Fault(FaultKind.START_FAILED, timedelta(0))], clock.now())
    assert start(aws, stopped)["CurrentState"]["Name"] == "pending"
    clock.run_while(lambda: state_of(aws, stopped) == "pending")
    found = describe(aws, stopped)
    assert found["State"]["Name"] == "stopped"
    assert found["StateReason"]["Code"] == "Client.InternalError"
    start(aws, stopped)
    clock.run_while(lambda: state_of(aws, stopped) == "pending")
    assert state_of(aws, stopped) == "running"


def test_a_running_instance_is_stopped_by_somebody(
    aws: EmbeddedAws, clock: VirtualClock, stopped: str
) -> None:
    start(aws, stopped)
    clock.run_while(lambda: state_of(aws, stopped) != "running")
    with aws.context.at_work("test"):
        arm([Fault(FaultKind.SERVER_STOPPED, timedelta(0))], clock.now())
    clock.run_while(lambda: state_of(aws, stopped) != "stopped")
    assert describe(aws, stopped)["StateReason"]["Code"] == "Client.UserInitiatedShutdown"


def test_a_start_without_capacity_is_refused_and_changes_nothing(
    aws: EmbeddedAws, stopped: str
) -> None:
    ec2 = aws.client("ec2")
    ec2.modify_instance_attribute(InstanceId=stopped, InstanceType={"Value": "p3.2xlarge"})
    with pytest.raises(ClientError) as refused:
        start(aws, stopped)
    assert refused.value.response["Error"]["Code"] == "InsufficientInstanceCapacity"
    assert state_of(aws, stopped) == "stopped"


def test_a_stopping_instance_cannot_be_started(aws: EmbeddedAws, stopped: str) -> None:
    ec2 = aws.client("ec2")
    ec2.terminate_instances(InstanceIds=[stopped])
    with pytest.raises(ClientError) as refused:
        start(aws, stopped)
    assert refused.value.response["Error"]["Code"] == "IncorrectInstanceState"
    assert "not in a state from which it can be started" in str(refused.value)


def test_the_shutdown_behaviour_can_be_read(aws: EmbeddedAws, stopped: str) -> None:
    found = aws.client("ec2").describe_instance_attribute(
        InstanceId=stopped, Attribute="instanceInitiatedShutdownBehavior"
    )
    assert found["InstanceInitiatedShutdownBehavior"]["Value"] == "stop"
