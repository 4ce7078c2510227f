import json

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_function, end_of
from embedded_aws_helpers.roles import make_role

STATES = {"Service": "states.amazonaws.com"}


def test_a_machine_that_may_not_invoke_says_so_as_step_functions_does(
    strict_aws: EmbeddedAws,
) -> None:
    function_arn = create_function(strict_aws, "def handle(event, context): pass")
    invoke = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function_arn},
        "End": True,
    }
    client = strict_aws.client("stepfunctions")
    machine = client.create_state_machine(
        name="m",
        definition=json.dumps({"StartAt": "Call", "States": {"Call": invoke}}),
        roleArn=make_role(strict_aws, "machine", trusts=STATES),
    )
    started = client.start_execution(stateMachineArn=machine["stateMachineArn"])
    ended = end_of(strict_aws, started["executionArn"])
    assert ended["error"] == "Lambda.AWSLambdaException"
    assert "is not authorized to perform: lambda:InvokeFunction" in ended["cause"]
