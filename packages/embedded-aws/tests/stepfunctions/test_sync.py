"""Gap stepfunctions_sync: a state that waits for an execution continues when that one ends."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.metering.meter import meter_of
from embedded_aws_helpers.builders import create_machine, end_on_clock, start

START = datetime(2031, 5, 1, 12, 0, tzinfo=UTC)
DAY = 24 * 3600


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def aws(clock: VirtualClock, tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(enforce_roles=False)
    with EmbeddedAws(settings, folder=tmp_path / "aws", clock=clock) as running:
        yield running


def waiting(seconds: int) -> dict[str, Any]:
    return {"Wait": {"Type": "Wait", "Seconds": seconds, "End": True}}


def nested(child: str, **fields: Any) -> dict[str, Any]:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": child, "Name": "child", "Input": {"a": 1}},
        "End": True,
    }
    return {"Child": {**state, **fields}}


def child_arn(child: str) -> str:
    return child.replace(":stateMachine:", ":execution:") + ":child"


def test_it_ends_with_the_child_and_has_its_output_as_json(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    child = create_machine(aws, waiting(DAY))
    ended = end_on_clock(aws, clock, start(aws, nested(child, OutputPath="$.Output")))
    assert (ended["status"], ended["output"]) == ("SUCCEEDED", '{"a":1}')
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() == DAY


def test_the_child_is_polled_rarely(aws: EmbeddedAws, clock: VirtualClock) -> None:
    child = create_machine(aws, waiting(DAY))
    arn = start(aws, nested(child))
    clock.run_until(START + timedelta(days=1, minutes=1))
    calls = [c for c in meter_of(aws.context).calls if c.caller == "StepFunctions"]
    assert sum(call.action == "DescribeExecution" for call in calls) < 200
    assert end_on_clock(aws, clock, arn)["status"] == "SUCCEEDED"


def test_a_child_that_is_stopped_fails_the_state_at_once(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    child = create_machine(aws, waiting(DAY))
    catch = [{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}]
    states = {**nested(child, Catch=catch), "Caught": {"Type": "Pass", "End": True}}
    arn = start(aws, states)
    clock.call_at(
        START + timedelta(hours=1),
        lambda: aws.client("stepfunctions").stop_execution(
            executionArn=child_arn(child), error="Stopped", cause="by hand"
        ),
    )
    ended = end_on_clock(aws, clock, arn)
    assert ended["status"] == "SUCCEEDED"
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() == 3600
    assert "by hand" in ended["output"]


def test_a_parent_that_is_stopped_ends_at_once(aws: EmbeddedAws, clock: VirtualClock) -> None:
    child = create_machine(aws, waiting(DAY))
    arn = start(aws, nested(child))
    stop = aws.client("stepfunctions").stop_execution
    clock.call_at(START + timedelta(hours=1), lambda: stop(executionArn=arn, error="Why"))
    ended = end_on_clock(aws, clock, arn)
    assert (ended["status"], ended["error"]) == ("ABORTED", "Why")
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() == 3600
