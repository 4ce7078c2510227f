"""Gap stepfunctions_distributed_map: the children are executions of their own."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws_helpers.builders import end_on_clock, history, start

START = datetime(2031, 5, 1, 12, 0, tzinfo=UTC)
HOUR = 3600


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def aws(clock: VirtualClock, tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(enforce_roles=False)
    with EmbeddedAws(settings, folder=tmp_path / "aws", clock=clock) as running:
        running.client("s3").create_bucket(Bucket="lists")
        yield running


def distributed(states: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "Each": {
            "Type": "Map",
            "Label": "Trials",
            "MaxConcurrencyPath": "$.width",
            "ToleratedFailureCount": 10_000,
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "JSON"},
                "Parameters": {"Bucket": "lists", "Key.$": "$.key"},
            },
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": next(iter(states)),
                "States": states,
            },
            "ResultPath": None,
            "End": True,
            **fields,
        }
    }


def wait(**fields: Any) -> dict[str, Any]:
    return {"Wait": {"Type": "Wait", "Seconds": HOUR, **(fields or {"End": True})}}


WRITER = {
    "Resource": "arn:aws:states:::s3:putObject",
    "Parameters": {"Bucket": "lists", "Prefix.$": "$.prefix"},
}


def begin(
    aws: EmbeddedAws, states: dict[str, Any], count: int, width: int = 10, **fields: Any
) -> str:
    body = json.dumps([{"number": number} for number in range(count)]).encode()
    aws.client("s3").put_object(Bucket="lists", Key="items.json", Body=body)
    data = {"key": "items.json", "width": width, "prefix": "results"}
    return start(aws, distributed(states, **fields), data)


def read(aws: EmbeddedAws, key: str) -> Any:
    return json.loads(aws.client("s3").get_object(Bucket="lists", Key=key)["Body"].read())


def test_so_many_children_run_at_the_same_time(aws: EmbeddedAws, clock: VirtualClock) -> None:
    ended = end_on_clock(aws, clock, begin(aws, wait(), 25))
    assert ended["status"] == "SUCCEEDED"
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() == 3 * HOUR


def test_the_history_of_the_parent_has_no_events_of_its_children(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    arn = begin(aws, wait(), 3)
    seen: list[list[str]] = []
    clock.call_at(
        START + timedelta(minutes=1),
        lambda: seen.append([event["type"] for event in history(aws, arn)]),
    )
    end_on_clock(aws, clock, arn)
    started = ["ExecutionStarted", "MapStateEntered", "MapStateStarted", "MapRunStarted"]
    assert seen == [started]
    ends = ["MapRunSucceeded", "MapStateSucceeded", "MapStateExited", "ExecutionSucceeded"]
    assert [event["type"] for event in history(aws, arn)] == started + ends


def test_a_child_has_its_own_arn_name_and_input(aws: EmbeddedAws, clock: VirtualClock) -> None:
    names = {
        "Name": {
            "Type": "Pass",
            "Parameters": {
                "id.$": "$$.Execution.Id",
                "machine.$": "$$.StateMachine.Id",
                "input.$": "$$.Execution.Input",
            },
            "End": True,
        }
    }
    arn = begin(aws, names, 2, ResultWriter=WRITER)
    ended = end_on_clock(aws, clock, arn)
    assert ended["status"] == "SUCCEEDED"
    (key,) = [
        one["Key"]
        for one in aws.client("s3").list_objects_v2(Bucket="lists")["Contents"]
        if one["Key"].startswith("results/") and one["Key"].endswith("manifest.json")
    ]
    manifest = read(aws, key)
    assert manifest["ResultFiles"]["FAILED"] == []
    (file,) = manifest["ResultFiles"]["SUCCEEDED"]
    children = read(aws, file["Key"])
    outputs = [json.loads(one["Output"]) for one in children]
    # In the order of their ends, which is that of their threads.
    inputs = sorted(one["input"]["number"] for one in outputs)
    assert inputs == [0, 1]
    assert [one["id"] for one in outputs] == [one["ExecutionArn"] for one in children]
    assert len({arn, *(one["ExecutionArn"] for one in children)}) == 3
    assert outputs[0]["machine"].endswith("/Trials")


def test_failed_children_are_listed_with_their_error(aws: EmbeddedAws, clock: VirtualClock) -> None:
    fail = {"Fail": {"Type": "Fail", "Error": "Broken", "Cause": "for good"}}
    ended = end_on_clock(aws, clock, begin(aws, fail, 2, ResultWriter=WRITER))
    assert ended["status"] == "SUCCEEDED"
    keys = [one["Key"] for one in aws.client("s3").list_objects_v2(Bucket="lists")["Contents"]]
    (failed,) = [key for key in keys if key.endswith("FAILED_0.json")]
    assert [(one["Error"], one["Cause"]) for one in read(aws, failed)] == 2 * [
        ("Broken", "for good")
    ]


def test_a_stop_ends_the_children_and_begins_no_other(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    arn = begin(aws, wait(), 500, width=2)
    stop = aws.client("stepfunctions").stop_execution
    clock.call_at(START + timedelta(minutes=90), lambda: stop(executionArn=arn, error="Why"))
    ended = end_on_clock(aws, clock, arn)
    assert (ended["status"], ended["error"]) == ("ABORTED", "Why")
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() == 1.5 * HOUR
    assert history(aws, arn)[-1]["type"] == "ExecutionAborted"


def test_one_worker_evaluates_many_children(aws: EmbeddedAws, clock: VirtualClock) -> None:
    nothing = {"Nothing": {"Type": "Pass", "End": True}}
    assert end_on_clock(aws, clock, begin(aws, nothing, 600, width=1))["status"] == "SUCCEEDED"
