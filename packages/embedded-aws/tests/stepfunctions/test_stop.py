import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.stepfunctions.parser.asl.component.program.program import Program
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import (
    await_last_event,
    create_machine,
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
    await_last_event(aws, execution, "TaskSubmitted")
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
    await_last_event(aws, execution, "TaskFailed")
    assert stop(aws, execution)["status"] == "ABORTED"


@contextmanager
def held(owner: type, name: str) -> Iterator[threading.Event]:
    """Block every thread of the engine that reaches `owner.name` meanwhile.

    Yields what is set when the first one has come.
    """
    original, has_come, may_go = getattr(owner, name), threading.Event(), threading.Event()

    def wait_and_go_on(*arguments: Any) -> Any:
        has_come.set()
        may_go.wait()
        return original(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, wait_and_go_on)
        try:
            yield has_come
        finally:
            may_go.set()


def test_it_is_aborted_as_soon_as_the_stop_is_answered_whatever_its_own_thread_does(
    aws: EmbeddedAws,
) -> None:
    steps = aws.client("stepfunctions")
    machine = create_machine(aws, {"Wait": WAIT})
    execution = steps.start_execution(stateMachineArn=machine, name="one")["executionArn"]
    await_last_event(aws, execution, "WaitStateEntered")

    with held(BaseExecutionWorkerCommunication, "terminated"):
        answer = steps.stop_execution(executionArn=execution, error="Why", cause="So")

        found = steps.describe_execution(executionArn=execution)
        assert (found["status"], found["error"], found["cause"]) == ("ABORTED", "Why", "So")
        assert found["stopDate"] == answer["stopDate"]
        (listed,) = steps.list_executions(stateMachineArn=machine)["executions"]
        assert (listed["status"], listed["stopDate"]) == ("ABORTED", answer["stopDate"])
        with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
            steps.start_execution(stateMachineArn=machine, name="one")
        last = history(aws, execution)[-1]
        assert last["type"] == "ExecutionAborted"
        assert last["executionAbortedEventDetails"] == {"error": "Why", "cause": "So"}

    assert not aws.context.await_rest(timeout_seconds=60)
    assert steps.describe_execution(executionArn=execution)["stopDate"] == answer["stopDate"]
    types = [event["type"] for event in history(aws, execution)]
    assert (types.count("ExecutionAborted"), types[-1]) == (1, "ExecutionAborted")


def test_a_second_stop_changes_nothing(aws: EmbeddedAws) -> None:
    steps = aws.client("stepfunctions")
    execution = start(aws, {"Wait": WAIT})
    first = steps.stop_execution(executionArn=execution, error="Why")
    second = steps.stop_execution(executionArn=execution, error="Again")
    assert second["stopDate"] == first["stopDate"]
    assert end_of(aws, execution)["error"] == "Why"


def test_a_stop_before_the_first_state_takes_effect(aws: EmbeddedAws) -> None:
    with held(Program, "eval") as has_come:
        execution = start(aws, {"Wait": WAIT})
        assert has_come.wait(60)
        stopping = threading.Thread(target=stop, args=(aws, execution))
        stopping.start()
        stopping.join(0.5)  # no longer, because waiting and starting threads look the same
    stopping.join()
    assert end_of(aws, execution)["status"] == "ABORTED"


def test_an_execution_that_ended_before_the_stop_shows_its_own_end(
    aws: EmbeddedAws,
) -> None:
    steps = aws.client("stepfunctions")
    with held(BaseExecutionWorkerCommunication, "terminated") as has_come:
        execution = start(aws, {"Done": {"Type": "Succeed"}})
        assert has_come.wait(60)
        stopping = threading.Thread(target=steps.stop_execution, kwargs={"executionArn": execution})
        stopping.start()
        stopping.join(0.5)
        assert stopping.is_alive()
    stopping.join()
    assert steps.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"
