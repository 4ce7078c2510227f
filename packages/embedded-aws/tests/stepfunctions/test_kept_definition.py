import json
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_table, end_of, start, token_in, token_wait


def wait_then_say(word: str) -> dict[str, Any]:
    wait = token_wait("jobs", Next="Say")
    del wait["End"]
    return {"Wait": wait, "Say": {"Type": "Pass", "Result": word, "End": True}}


def test_an_execution_continues_with_its_first_definition(aws: EmbeddedAws) -> None:
    table = create_table(aws)
    execution = start(aws, wait_then_say("before"))
    token = token_in(aws, table)
    client = aws.client("stepfunctions")
    machine = client.describe_execution(executionArn=execution)["stateMachineArn"]
    new = json.dumps({"StartAt": "Wait", "States": wait_then_say("after")})
    client.update_state_machine(stateMachineArn=machine, definition=new)

    shown = client.describe_state_machine_for_execution(executionArn=execution)
    assert "before" in shown["definition"]
    assert "after" in client.describe_state_machine(stateMachineArn=machine)["definition"]
    client.send_task_success(taskToken=token, output="{}")
    assert json.loads(end_of(aws, execution)["output"]) == "before"
