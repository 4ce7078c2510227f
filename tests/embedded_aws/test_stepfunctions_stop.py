from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from tests.embedded_aws.builders import (
    create_table,
    end_of,
    history,
    run,
    start,
    token_in,
    token_wait,
    until,
)

WAIT: dict[str, Any] = {"Type": "Wait", "Seconds": 3600, "End": True}
MAP = {
    "Type": "Map",
    "ItemsPath": "$.items",
    "ItemProcessor": {"StartAt": "Wait", "States": {"Wait": WAIT}},
    "End": True,
}


def stop(aws: EmbeddedAws, execution: str) -> dict[str, Any]:
    aws.client("stepfunctions").stop_execution(executionArn=execution, error="Why", cause="So")
    return end_of(aws, execution)


@pytest.mark.parametrize("state", [WAIT, MAP], ids=["wait", "map"])
def test_a_stopped_execution_is_aborted_with_its_error_and_cause(
    aws: EmbeddedAws, state: dict[str, Any]
) -> None:
    execution = start(aws, {"First": state}, {"items": [1, 2]})
    until(lambda: any(e["type"] == "WaitStateEntered" for e in history(aws, execution)))
    ended = stop(aws, execution)
    assert (ended["status"], ended["error"], ended["cause"]) == ("ABORTED", "Why", "So")
    assert history(aws, execution)[-1]["type"] == "ExecutionAborted"


def test_a_token_wait_is_stopped_and_leaves_no_other_event(aws: EmbeddedAws) -> None:
    table = create_table(aws)
    execution = start(aws, {"Await": token_wait(table)})
    token_in(aws, table)
    until(lambda: history(aws, execution)[-1]["type"] == "TaskSubmitted")
    assert stop(aws, execution)["status"] == "ABORTED"
    assert [e["type"] for e in history(aws, execution)][-2:] == [
        "TaskSubmitted",
        "ExecutionAborted",
    ]


def test_an_execution_that_runs_out_of_time_in_a_token_wait_says_so(aws: EmbeddedAws) -> None:
    table = create_table(aws)
    ended = run(aws, {"Await": token_wait(table)}, TimeoutSeconds=1)
    assert ended["status"] == "TIMED_OUT"
    assert history(aws, ended["executionArn"])[-1]["type"] == "ExecutionTimedOut"


def test_an_execution_that_waits_for_a_retry_is_stopped_at_once(aws: EmbeddedAws) -> None:
    retry = [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 3600}]
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:describeTable",
        "Parameters": {"TableName": "none"},
        "Retry": retry,
        "End": True,
    }
    execution = start(aws, {"Look": task})
    until(lambda: history(aws, execution)[-1]["type"] == "TaskFailed")
    assert stop(aws, execution)["status"] == "ABORTED"
