import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_machine


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
