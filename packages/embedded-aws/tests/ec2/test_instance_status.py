"""An instance's status checks begin, pass and fail as EC2's do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.ec2.models import ec2_backends

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.gaps.ec2.instance_status import INITIALIZING_FOR, impair
from embedded_aws_helpers.builders import IMAGE_ID
from embedded_aws_helpers.idle_instances import IdleInstances

START = datetime(2031, 5, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def aws(clock: VirtualClock, tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(instances=IdleInstances(), enforce_roles=False)
    with EmbeddedAws(settings, folder=tmp_path / "aws", clock=clock) as running:
        yield running


def launch(aws: EmbeddedAws) -> str:
    launched = aws.client("ec2").run_instances(ImageId=IMAGE_ID, MinCount=1, MaxCount=1)
    return str(launched["Instances"][0]["InstanceId"])


def checks(aws: EmbeddedAws, instance_id: str) -> list[Any]:
    found = aws.client("ec2").describe_instance_status(InstanceIds=[instance_id])
    return [(one["SystemStatus"], one["InstanceStatus"]) for one in found["InstanceStatuses"]]


def test_they_are_initializing_for_minutes_and_then_pass(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    instance_id = launch(aws)
    ((system, instance),) = checks(aws, instance_id)
    assert system["Status"] == instance["Status"] == "initializing"
    clock.run_until(START + INITIALIZING_FOR)
    ((system, instance),) = checks(aws, instance_id)
    assert system["Status"] == instance["Status"] == "ok"
    assert instance["Details"] == [{"Name": "reachability", "Status": "passed"}]


def test_an_impaired_instance_shows_since_when_and_its_system_check_passes(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    instance_id = launch(aws)
    at = START + timedelta(hours=2)
    clock.run_until(at)
    backend = ec2_backends[aws.settings.account_id][aws.settings.region]
    impair(backend.get_instance(instance_id), at)
    ((system, instance),) = checks(aws, instance_id)
    assert system["Status"] == "ok"
    assert instance["Status"] == "impaired"
    assert instance["Details"] == [
        {"Name": "reachability", "Status": "failed", "ImpairedSince": at}
    ]


def test_an_instance_that_does_not_run_is_not_checked(aws: EmbeddedAws) -> None:
    instance_id = launch(aws)
    aws.client("ec2").stop_instances(InstanceIds=[instance_id])
    assert checks(aws, instance_id) == []
