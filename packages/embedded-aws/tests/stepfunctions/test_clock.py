"""Gap stepfunctions_clock: all waits of an execution use the clock."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws_helpers.builders import (
    create_function,
    create_table,
    end_on_clock,
    history,
    start,
    token_in,
    token_wait,
)

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


def wait_state(seconds: int, **fields: Any) -> dict[str, Any]:
    return {"Type": "Wait", "Seconds": seconds, "End": True, **fields}


def branch(seconds: int) -> dict[str, Any]:
    return {"StartAt": "Wait", "States": {"Wait": wait_state(seconds)}}


def run(aws: EmbeddedAws, clock: VirtualClock, states: dict[str, Any], **fields: Any) -> Any:
    ended = end_on_clock(aws, clock, start(aws, states, **fields))
    lasted = ended["stopDate"] - ended["startDate"]
    assert ended["startDate"] == START
    return ended["status"], ended.get("error"), lasted.total_seconds()


def test_a_wait_ends_at_its_timestamp(aws: EmbeddedAws, clock: VirtualClock) -> None:
    at = (START + timedelta(hours=3)).isoformat()
    states = {"Wait": {"Type": "Wait", "Timestamp": at, "End": True}}
    assert run(aws, clock, states) == ("SUCCEEDED", None, 3 * 3600)


def test_a_wait_of_a_month(aws: EmbeddedAws, clock: VirtualClock) -> None:
    assert run(aws, clock, {"Wait": wait_state(30 * DAY)}) == ("SUCCEEDED", None, 30 * DAY)


def test_a_wait_until_a_timestamp(aws: EmbeddedAws, clock: VirtualClock) -> None:
    state = {"Type": "Wait", "Timestamp": "2031-06-01T12:00:00.500Z", "End": True}
    assert run(aws, clock, {"Wait": state})[2] == 31 * DAY + 1


def test_branches_wait_at_the_same_time(aws: EmbeddedAws, clock: VirtualClock) -> None:
    both = {"Type": "Parallel", "Branches": [branch(3600), branch(3 * DAY)], "End": True}
    assert run(aws, clock, {"Both": both}) == ("SUCCEEDED", None, 3 * DAY)


def test_the_iterations_of_a_map_wait_at_the_same_time(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    iterate = {
        "Type": "Map",
        "ItemsPath": "$.seconds",
        "ItemProcessor": {
            "StartAt": "Wait",
            "States": {"Wait": {"Type": "Wait", "SecondsPath": "$", "End": True}},
        },
        "End": True,
    }
    arn = start(aws, {"Each": iterate}, {"seconds": [60, 7200, 3600]})
    ended = end_on_clock(aws, clock, arn)
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() == 7200


def test_retries_wait_their_intervals(aws: EmbeddedAws, clock: VirtualClock) -> None:
    arn = create_function(aws, "def handle(event, context):\n    raise ValueError('no')\n")
    retry = {"ErrorEquals": ["ValueError"], "IntervalSeconds": 3600, "MaxAttempts": 3}
    state = {"Type": "Task", "Resource": arn, "Retry": [{**retry, "BackoffRate": 2}], "End": True}
    assert run(aws, clock, {"Work": state}) == ("FAILED", "ValueError", 7 * 3600)


def test_a_token_without_a_response_times_out(aws: EmbeddedAws, clock: VirtualClock) -> None:
    state = token_wait(create_table(aws), TimeoutSeconds=DAY)
    assert run(aws, clock, {"Wait": state}) == ("FAILED", "States.Timeout", DAY)


def test_an_answered_token_ends_the_wait_at_that_time(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    table = create_table(aws)
    arn = start(aws, {"Wait": token_wait(table, TimeoutSeconds=DAY)})

    def answer() -> None:
        aws.client("stepfunctions").send_task_success(taskToken=token_in(aws, table), output="7")

    clock.call_at(START + timedelta(hours=5), answer)
    ended = end_on_clock(aws, clock, arn)
    assert (ended["status"], ended["output"]) == ("SUCCEEDED", "7")
    assert ended["stopDate"] == START + timedelta(hours=5)


def test_a_missed_heartbeat(aws: EmbeddedAws, clock: VirtualClock) -> None:
    state = token_wait(create_table(aws), TimeoutSeconds=DAY, HeartbeatSeconds=3600)
    status, error, lasted_seconds = run(aws, clock, {"Wait": state})
    assert (status, lasted_seconds) == ("FAILED", 3600)
    assert error in ("States.Timeout", "States.HeartbeatTimeout")


def test_the_time_of_the_whole_execution(aws: EmbeddedAws, clock: VirtualClock) -> None:
    found = run(aws, clock, {"Wait": wait_state(30 * DAY)}, TimeoutSeconds=2 * DAY)
    assert found == ("TIMED_OUT", None, 2 * DAY)


def test_a_stopped_wait_ends_at_once(aws: EmbeddedAws, clock: VirtualClock) -> None:
    arn = start(aws, {"Wait": wait_state(30 * DAY)})
    clock.run_until(START + timedelta(days=1))
    aws.client("stepfunctions").stop_execution(executionArn=arn, error="Enough")
    ended = end_on_clock(aws, clock, arn)
    assert (ended["status"], ended["error"]) == ("ABORTED", "Enough")
    assert ended["stopDate"] == START + timedelta(days=1) == clock.now()


def test_the_history_and_the_context_carry_the_time_of_the_clock(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    states = {
        "Wait": {"Type": "Wait", "Seconds": 10 * DAY, "Next": "Tell"},
        "Tell": {"Type": "Pass", "Parameters": {"at.$": "$$.State.EnteredTime"}, "End": True},
    }
    arn = start(aws, states)
    ended = end_on_clock(aws, clock, arn)
    assert json.loads(ended["output"]) == {"at": "2031-05-11T12:00:00.000Z"}
    timestamps = [event["timestamp"] for event in history(aws, arn)]
    assert timestamps == sorted(timestamps)
    assert {*timestamps} == {START, START + timedelta(days=10)}
