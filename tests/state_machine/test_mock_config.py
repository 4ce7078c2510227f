import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings
from embedded_aws_helpers.builders import create_machine, end_of, history, token_wait
from tests.state_machine.mock_config import mocked_aws

MOCK_FILE = "MockConfigFile.json"

TOO_BUSY = {"Throw": {"Error": "Lambda.TooManyRequestsException", "Cause": "slow down"}}
MOCKED_RESPONSES: dict[str, Any] = {
    "BusyThenThree": {"0-1": TOO_BUSY, "2": {"Return": {"StatusCode": 200, "Payload": {"n": 3}}}},
    "OneThenTwo": {
        "0": {"Return": {"StatusCode": 200, "Payload": {"is_done": False}}},
        "1": {"Return": {"StatusCode": 200, "Payload": {"is_done": True}}},
    },
    "Woken": {"0": {"Return": {"was": "woken"}}},
    "Nothing": {"0": {"Return": None}},
    "TimedOut": {"0": {"Throw": {"Error": "States.Timeout", "Cause": "no answer came"}}},
    "Both": {"0": {**TOO_BUSY, "Return": {}}},
    "NoNumber": {"first": TOO_BUSY},
}
CALL: dict[str, Any] = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "arn:aws:lambda:us-east-1:123456789012:function:no-such"},
    "ResultSelector": {"answer.$": "$.Payload"},
    "End": True,
}
RETRY = [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 1}]


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(enforce_roles=False)
    with mocked_aws(tmp_path / MOCK_FILE, tmp_path / "aws", settings) as running:
        yield running


def start(aws: EmbeddedAws, states: dict[str, Any], case: dict[str, str], name: str = "C") -> str:
    arn = create_machine(aws, states)
    machine_name = arn.rsplit(":", 1)[1]
    (aws.context.folder.parent / MOCK_FILE).write_text(
        json.dumps(
            {
                "StateMachines": {machine_name: {"TestCases": {"C": case}}},
                "MockedResponses": MOCKED_RESPONSES,
            }
        )
    )
    started = aws.client("stepfunctions").start_execution(stateMachineArn=f"{arn}#{name}")
    return str(started["executionArn"])


def test_a_mocked_task_calls_nothing_and_answers_what_the_file_says(aws: EmbeddedAws) -> None:
    execution = start(aws, {"Call": {**CALL, "Retry": RETRY}}, {"Call": "BusyThenThree"})
    assert json.loads(end_of(aws, execution)["output"]) == {"answer": {"n": 3}}
    kinds = [event["type"] for event in history(aws, execution)]
    assert kinds.count("TaskFailed") == 2


def test_invocations_are_counted_over_the_execution_not_for_each_entry(
    aws: EmbeddedAws,
) -> None:
    states = {
        "Call": {**{k: v for k, v in CALL.items() if k != "End"}, "Next": "IsDone"},
        "IsDone": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.answer.is_done", "BooleanEquals": True, "Next": "Done"}],
            "Default": "Call",
        },
        "Done": {"Type": "Succeed"},
    }
    execution = start(aws, states, {"Call": "OneThenTwo"})
    assert end_of(aws, execution)["status"] == "SUCCEEDED"


def test_an_invocation_that_the_file_does_not_cover_fails_the_execution(aws: EmbeddedAws) -> None:
    states = {
        "Call": {**{k: v for k, v in CALL.items() if k != "End"}, "Next": "Again"},
        "Again": {"Type": "Pass", "Next": "Call"},
    }
    ended = end_of(aws, start(aws, states, {"Call": "OneThenTwo"}))
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert "invocation 2 of Call" in ended["cause"]


def test_a_token_wait_takes_the_mock_as_the_answer_to_its_token(aws: EmbeddedAws) -> None:
    ended = end_of(aws, start(aws, {"Sleep": token_wait("no-such")}, {"Sleep": "Woken"}))
    assert json.loads(ended["output"]) == {"was": "woken"}


def test_a_mock_may_answer_null(aws: EmbeddedAws) -> None:
    sleep = token_wait("no-such", ResultPath="$.answer")
    ended = end_of(aws, start(aws, {"Sleep": sleep}, {"Sleep": "Nothing"}))
    assert json.loads(ended["output"]) == {"answer": None}


def test_a_token_wait_can_be_made_to_time_out(aws: EmbeddedAws) -> None:
    caught = [{"ErrorEquals": ["States.Timeout"], "Next": "Woke"}]
    states = {"Sleep": token_wait("no-such", Catch=caught), "Woke": {"Type": "Succeed"}}
    execution = start(aws, states, {"Sleep": "TimedOut"})
    ended = end_of(aws, execution)
    assert json.loads(ended["output"])["Error"] == "States.Timeout"
    assert "TaskTimedOut" in [event["type"] for event in history(aws, execution)]


def test_a_state_that_the_case_does_not_name_calls_the_service(aws: EmbeddedAws) -> None:
    ended = end_of(aws, start(aws, {"Call": CALL}, {}))
    assert ended["error"] == "Lambda.ResourceNotFoundException"


@pytest.mark.parametrize(
    ("case", "name", "words"),
    [
        ({"Call": "Woken"}, "D", "no test case of .* is named 'D' .*; there are: C"),
        ({"Call": "Missing"}, "C", "no mocked response is named 'Missing'"),
        ({"Call": "Both"}, "C", "must have either Return, or Throw"),
        ({"Call": "NoNumber"}, "C", "'first' of NoNumber is neither a number nor a range"),
    ],
)
def test_what_cannot_be_run_is_refused_with_what_is_there(
    aws: EmbeddedAws, case: dict[str, str], name: str, words: str
) -> None:
    with pytest.raises(ClientError, match=f"ValidationException.*{words}"):
        start(aws, {"Call": CALL}, case, name)


def test_without_a_mock_config_there_is_no_such_machine(tmp_path: Path) -> None:
    with EmbeddedAws(Settings(), folder=tmp_path) as aws:
        arn = create_machine(aws, {"Done": {"Type": "Succeed"}})
        with pytest.raises(ClientError, match="StateMachineDoesNotExist"):
            aws.client("stepfunctions").start_execution(stateMachineArn=f"{arn}#C")
