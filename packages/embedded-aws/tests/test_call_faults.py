"""A faulted call gets AWS's response, or its connection breaks, before or after its effect."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.fault_injection.aws_call import AwsCall
from embedded_aws.fault_injection.call_faults import CallFault, strike_calls
from embedded_aws.fault_injection.unknown_status import UNKNOWN
from embedded_aws_helpers.builders import create_function, create_table, end_of, invoke
from embedded_aws_helpers.roles import EVERYTHING, make_role

ASKS = """
import boto3
from botocore.config import Config

def handle(event, context):
    config = Config(retries={"mode": "standard", "total_max_attempts": event.get("tries", 1)})
    client = boto3.client(event["service"], config=config)
    try:
        answer = getattr(client, event["asks"])(**event.get("with", {}))
    except Exception as error:
        response = getattr(error, "response", None) or {}
        return response.get("Error", {}).get("Code") or type(error).__name__
    return str(answer)
"""
SERVICES: dict[str, tuple[str, dict[str, Any]]] = {
    "ec2": ("describe_instances", {}),
    "cloudformation": ("describe_stacks", {}),
    "dynamodb": ("list_tables", {}),
    "s3": ("list_buckets", {}),
    "lambda": ("list_functions", {}),
    "stepfunctions": ("list_state_machines", {}),
}
REFUSALS = {
    CallFault.THROTTLED: (
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "SlowDown",
        "TooManyRequestsException",
        "ThrottlingException",
    ),
    CallFault.UNAVAILABLE: (
        "InternalError",
        "ServiceUnavailable",
        "InternalServerError",
        "InternalError",
        "ServiceException",
        "InternalServerError",
    ),
    CallFault.DENIED: (
        "UnauthorizedOperation",
        "AccessDenied",
        "AccessDeniedException",
        "AccessDenied",
        "AccessDeniedException",
        "AccessDeniedException",
    ),
}


class Striking:
    """Faults the first `times` attempts of one operation, and records what it saw."""

    def __init__(self, operation: str, fault: CallFault, times: int = 10**6) -> None:
        self.seen: list[AwsCall] = []
        self._operation, self._fault, self._times = operation, fault, times

    def __call__(self, call: AwsCall) -> CallFault | None:
        self.seen.append(call)
        tries = sum(one.operation == self._operation for one in self.seen)
        is_struck = call.operation == self._operation and tries <= self._times
        return self._fault if is_struck else None


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(folder=tmp_path_factory.mktemp("aws")) as running:
        create_function(running, ASKS, Timeout=60, Role=may_do_all(running, "asks"))
        yield running


@pytest.fixture(autouse=True)
def nothing_is_struck_after(aws: EmbeddedAws) -> Iterator[None]:
    yield
    strike_calls(None)


def ask(aws: EmbeddedAws, service: str, asks: str, **event: Any) -> Any:
    answer = invoke(aws, {"service": service, "asks": asks, **event})[1]
    return answer


@pytest.mark.parametrize("fault", REFUSALS)
def test_a_refusal_has_the_code_that_its_service_has_for_it(
    aws: EmbeddedAws, fault: CallFault
) -> None:
    found = []
    for service, (asks, request) in SERVICES.items():
        operation = "".join(word.capitalize() for word in asks.split("_"))
        strike_calls(Striking(operation, fault))
        found.append(ask(aws, service, asks, **{"with": request}))
    assert tuple(found) == REFUSALS[fault]


def put(aws: EmbeddedAws, fault: CallFault, key: str, times: int = 10**6, tries: int = 1) -> str:
    tables = aws.client("dynamodb").list_tables()["TableNames"]
    table = tables[0] if tables else create_table(aws)
    strike_calls(Striking("PutItem", fault, times))
    (name,) = [
        one["AttributeName"]
        for one in aws.client("dynamodb").describe_table(TableName=table)["Table"]["KeySchema"]
    ]
    request = {"TableName": table, "Item": {name: {"S": key}}}
    return str(ask(aws, "dynamodb", "put_item", tries=tries, **{"with": request}))


def kept(aws: EmbeddedAws) -> str:
    (table,) = aws.client("dynamodb").list_tables()["TableNames"]
    return str(aws.client("dynamodb").scan(TableName=table)["Items"])


def test_a_lost_call_breaks_the_connection_and_takes_no_effect(aws: EmbeddedAws) -> None:
    assert put(aws, CallFault.LOST, "never") == "ConnectionClosedError"
    assert "never" not in kept(aws)


def test_a_call_whose_answer_is_lost_has_taken_effect(aws: EmbeddedAws) -> None:
    assert put(aws, CallFault.ANSWER_LOST, "unheard") == "ConnectionClosedError"
    assert "unheard" in kept(aws)


def test_every_try_of_one_call_has_the_same_id_and_the_functions_event(aws: EmbeddedAws) -> None:
    striking = Striking("ListTables", CallFault.LOST, times=1)
    strike_calls(striking)
    assert "TableNames" in ask(aws, "dynamodb", "list_tables", tries=2, note="whose it is")
    first, second = striking.seen
    assert first.call_id == second.call_id
    assert "whose it is" in first.event
    assert first.caller == "function-of-a-test"


def test_a_killed_function_has_done_what_it_asked_for_and_answers_nothing(
    aws: EmbeddedAws,
) -> None:
    assert "Runtime.ExitError" in put(aws, CallFault.KILLED, "last-words")
    assert "last-words" in kept(aws)
    assert "Runtime.ExitError" in put(aws, CallFault.KILLED_BEFORE, "no-words")
    assert "no-words" not in kept(aws)


def test_an_unknown_status_takes_the_place_of_the_one_that_aws_has(aws: EmbeddedAws) -> None:
    image = "ami-0abcdef1234567890"
    aws.client("ec2").run_instances(ImageId=image, MinCount=1, MaxCount=1)
    strike_calls(Striking("DescribeInstances", CallFault.UNKNOWN_STATUS))
    response = ask(aws, "ec2", "describe_instances")
    assert re.findall(r"'State': {'Code': \d+, 'Name': '(\w+)'}", response) == [UNKNOWN]


def test_a_broken_call_of_the_engine_is_reported(aws: EmbeddedAws) -> None:
    strike_calls(Striking("Invoke", CallFault.LOST))
    asks: dict[str, Any] = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "function-of-a-test"},
        "End": True,
    }
    steps = aws.client("stepfunctions")
    machine = steps.create_state_machine(
        name="asks",
        definition=json.dumps({"StartAt": "Ask", "States": {"Ask": asks}}),
        roleArn=may_do_all(aws, "engine"),
    )
    started = steps.start_execution(stateMachineArn=machine["stateMachineArn"])
    assert end_of(aws, started["executionArn"])["error"] == "Lambda.SdkClientException"


def may_do_all(aws: EmbeddedAws, name: str) -> str:
    services = {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]}
    return make_role(aws, name, EVERYTHING, trusts=services)
