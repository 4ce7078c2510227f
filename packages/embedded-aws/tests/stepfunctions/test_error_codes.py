import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import ROLE_ARN


def test_a_definition_that_is_not_asl_is_an_invalid_definition(aws: EmbeddedAws) -> None:
    steps = aws.client("stepfunctions")
    with pytest.raises(steps.exceptions.InvalidDefinition):
        steps.create_state_machine(name="a", definition="{}", roleArn=ROLE_ARN)


def test_a_heartbeat_for_an_unknown_token_is_an_invalid_token(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match=r"\(InvalidToken\)"):
        aws.client("stepfunctions").send_task_heartbeat(taskToken="never seen")
