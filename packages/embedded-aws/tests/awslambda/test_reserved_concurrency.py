"""Gap lambda_reserved_concurrency: 0 throttles a function until it is removed."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_function, run

ECHO = "def handle(event, context):\n    return event\n"


@pytest.fixture
def throttled(aws: EmbeddedAws) -> str:
    name = create_function(aws, ECHO)
    aws.client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    return name


def test_nobody_can_invoke_it(aws: EmbeddedAws, throttled: str) -> None:
    with pytest.raises(ClientError) as refused:
        aws.client("lambda").invoke(FunctionName=throttled)
    answer: Any = refused.value.response
    assert answer["Error"]["Code"] == "TooManyRequestsException"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 429


def test_a_state_can_distinguish_it_from_other_errors(aws: EmbeddedAws, throttled: str) -> None:
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": throttled},
        "End": True,
    }
    ended = run(aws, {"Invoke": task})
    assert (ended["status"], ended["error"]) == ("FAILED", "Lambda.TooManyRequestsException")


def test_without_it_the_function_runs_again(aws: EmbeddedAws, throttled: str) -> None:
    functions = aws.client("lambda")
    functions.delete_function_concurrency(FunctionName=throttled)
    answer = functions.invoke(FunctionName=throttled, Payload=b'{"a": 1}')
    assert json.loads(answer["Payload"].read()) == {"a": 1}
