from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_table, run, token_wait


def catching(*error_names: str) -> dict[str, Any]:
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem",
        "Parameters": {"TableName": "none", "Key": {"item": {"S.$": "$.missing"}}},
        "Catch": [{"ErrorEquals": list(error_names), "Next": "Caught"}],
        "End": True,
    }
    return {"Read": task, "Caught": {"Type": "Succeed"}}


def test_states_all_does_not_catch_a_runtime_error(aws: EmbeddedAws) -> None:
    ended = run(aws, catching("States.ALL"))
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")


def test_states_all_catches_a_timeout(aws: EmbeddedAws) -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
    wait = token_wait(create_table(aws), TimeoutSeconds=1, Catch=catch)
    assert run(aws, {"Await": wait, "Caught": {"Type": "Succeed"}})["status"] == "SUCCEEDED"
