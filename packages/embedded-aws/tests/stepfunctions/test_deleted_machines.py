import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_table, start, token_in, token_wait

CAUGHT = {"ErrorEquals": ["States.ALL"], "Next": "Tell"}
TELL = {
    "Type": "Task",
    "Resource": "arn:aws:states:::aws-sdk:dynamodb:deleteItem",
    "Parameters": {"TableName": "jobs", "Key": {"item": {"S": "job"}}},
    "End": True,
}


def test_an_execution_goes_with_its_machine_and_catches_nothing(aws: EmbeddedAws) -> None:
    table = create_table(aws)
    waiting = {**token_wait(table, Catch=[CAUGHT], Next="Tell")}
    del waiting["End"]
    execution = start(aws, {"Wait": waiting, "Tell": TELL})
    token = token_in(aws, table)
    stepfunctions = aws.client("stepfunctions")
    machine = stepfunctions.describe_execution(executionArn=execution)["stateMachineArn"]
    stepfunctions.delete_state_machine(stateMachineArn=machine)
    with pytest.raises(ClientError, match="DoesNotExist"):
        stepfunctions.describe_execution(executionArn=execution)
    with pytest.raises(ClientError, match=r"TaskTimedOut|InvalidToken|TaskDoesNotExist"):
        stepfunctions.send_task_success(taskToken=token, output="{}")
    item = aws.client("dynamodb").get_item(TableName=table, Key={"item": {"S": "job"}})
    assert "Item" in item
