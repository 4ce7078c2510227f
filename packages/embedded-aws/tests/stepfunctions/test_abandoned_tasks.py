import time
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import (
    await_last_event,
    create_function,
    end_of,
    history,
    run,
    start,
)

SLOW = "import time\ndef handle(event, context): time.sleep(event['seconds'])"


def call(seconds: float, **fields: Any) -> dict[str, Any]:
    sent = {"FunctionName": "function-of-a-test", "Payload": {"seconds": seconds}}
    resource = "arn:aws:states:::lambda:invoke"
    return {"Type": "Task", "Resource": resource, "Parameters": sent, "End": True, **fields}


def test_a_stopped_execution_does_not_wait_for_its_function(aws: EmbeddedAws) -> None:
    create_function(aws, SLOW, Timeout=300)
    execution = start(aws, {"Call": call(200)})
    await_last_event(aws, execution, "TaskStarted")
    asked_at = time.monotonic()
    aws.client("stepfunctions").stop_execution(executionArn=execution)
    assert end_of(aws, execution)["status"] == "ABORTED"
    assert time.monotonic() - asked_at < 100
    assert history(aws, execution)[-1]["type"] == "ExecutionAborted"


def test_an_execution_out_of_time_does_not_wait_for_its_function(aws: EmbeddedAws) -> None:
    create_function(aws, SLOW, Timeout=30)
    ended = run(aws, {"Call": call(20)}, TimeoutSeconds=1)
    assert ended["status"] == "TIMED_OUT"
    assert history(aws, ended["executionArn"])[-1]["type"] == "ExecutionTimedOut"


def test_what_a_timed_out_task_answers_is_lost(aws: EmbeddedAws) -> None:
    create_function(aws, SLOW, Timeout=30)
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Wait"}]
    wait: dict[str, Any] = {"Type": "Wait", "Seconds": 1, "End": True}
    ended = run(aws, {"Call": call(1.3, TimeoutSeconds=1, Catch=catch), "Wait": wait})
    assert ended["status"] == "SUCCEEDED"
    types = [event["type"] for event in history(aws, ended["executionArn"])]
    assert ("TaskTimedOut" in types, "TaskSucceeded" in types) == (True, False)
