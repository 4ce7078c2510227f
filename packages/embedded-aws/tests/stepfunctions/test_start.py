import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_machine, until


def test_executions_without_a_name_get_one_each(aws: EmbeddedAws) -> None:
    machine = create_machine(aws, {"Done": {"Type": "Succeed"}})
    steps = aws.client("stepfunctions")
    arns = {steps.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(2)}
    assert len(arns) == 2
    assert not any(arn.endswith(":None") for arn in arns)


@pytest.mark.parametrize("name", ["a name", "a/b"])
def test_a_name_that_aws_refuses_is_refused(aws: EmbeddedAws, name: str) -> None:
    machine = create_machine(aws, {"Done": {"Type": "Succeed"}})
    with pytest.raises(ClientError, match="InvalidName"):
        aws.client("stepfunctions").start_execution(stateMachineArn=machine, name=name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": NaN}', "NaN is not JSON"),
        ('{"a": -Infinity}', "-Infinity is not JSON"),
        ("", "Expecting value"),
        ("[" * 100_000, "nested more than 1500 levels deep"),
        ('{"a":' * 1_501 + "1" + "}" * 1_501, "nested more than 1500 levels deep"),
    ],
)
def test_an_input_that_is_no_json_is_refused(aws: EmbeddedAws, text: str, message: str) -> None:
    machine = create_machine(aws, {"Done": {"Type": "Succeed"}})
    with pytest.raises(ClientError, match=message) as refused:
        aws.client("stepfunctions").start_execution(stateMachineArn=machine, input=text)
    assert refused.value.response["Error"]["Code"] == "InvalidExecutionInput"


@pytest.mark.parametrize("levels", [1_000, 1_500])
def test_a_deep_input_passes_through_the_states(aws: EmbeddedAws, levels: int) -> None:
    machine = create_machine(aws, {"Done": {"Type": "Pass", "End": True}})
    steps, text = aws.client("stepfunctions"), "[" * levels + '"]["' + "]" * levels
    arn = steps.start_execution(stateMachineArn=machine, input=text)["executionArn"]
    until(lambda: steps.describe_execution(executionArn=arn)["status"] != "RUNNING")
    ended = steps.describe_execution(executionArn=arn)
    assert (ended["status"], ended["output"]) == ("SUCCEEDED", text)
