"""Runs every case of the mock file on one engine, all at once, and keeps what came of each."""

import json
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError

from tests.architecture.definition import DEFINITION
from tests.state_machine.mock_config import mocked_aws
from tests.state_machine.mocks import CASES, MACHINE_NAME, MOCK_FILE
from tests.state_machine.quick_definition import quick_definition

_ROLE_ARN = "arn:aws:iam::123456789012:role/states-role-of-a-test"
_LOOK_SECONDS = 0.2
_LONGEST_START_SECONDS = 60
_LONGEST_CASE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Ran:
    """One case that is over."""

    status: str
    error: str | None
    cause: str
    output: Any
    events: list[dict[str, Any]]


@contextmanager
def step_functions(folder: Path) -> Iterator[Any]:
    """Yield a client of the engine: the one that SFN_ENDPOINT names, else the embedded one."""
    endpoint_url = os.environ.get("SFN_ENDPOINT")
    if not endpoint_url:
        with mocked_aws(MOCK_FILE, folder) as aws:
            yield aws.client("stepfunctions", in_process=True)
        return
    client = boto3.client(
        "stepfunctions",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    _await_engine(client)
    yield client


def run_all_cases(
    client: Any,
    name: str = MACHINE_NAME,
    definition: dict[str, Any] = DEFINITION,
    cases: Iterable[str] = CASES,
    execution_input: str = "{}",
) -> dict[str, Ran]:
    """Create a state machine, run every case and return what came of them, by name."""
    started = start_cases(client, name, definition, cases, execution_input)
    deadline = time.monotonic() + _LONGEST_CASE_SECONDS
    return {case: _ended(client, case, arn, deadline) for case, arn in started.items()}


def start_cases(
    client: Any,
    name: str,
    definition: dict[str, Any],
    cases: Iterable[str],
    execution_input: str,
) -> dict[str, str]:
    """Create a state machine, start every case and return the ARNs of the executions, by case."""
    machine_arn = _create_machine(client, name, json.dumps(quick_definition(definition)))
    return {
        case: client.start_execution(
            stateMachineArn=f"{machine_arn}#{case}",
            name=f"{case}-{uuid.uuid4()}",
            input=execution_input,
        )["executionArn"]
        for case in cases
    }


def read_case(client: Any, execution_arn: str) -> Ran:
    """Return what has come of an execution so far."""
    found = client.describe_execution(executionArn=execution_arn)
    pages = client.get_paginator("get_execution_history")
    events = [e for page in pages.paginate(executionArn=execution_arn) for e in page["events"]]
    last = events[-1].get("executionFailedEventDetails", {}) if events else {}
    return Ran(
        status=found["status"],
        error=last.get("error"),
        cause=last.get("cause", ""),
        output=json.loads(found["output"]) if found.get("output") else None,
        events=events,
    )


def _create_machine(client: Any, name: str, definition: str) -> str:
    try:
        made = client.create_state_machine(name=name, definition=definition, roleArn=_ROLE_ARN)
        return str(made["stateMachineArn"])
    except client.exceptions.StateMachineAlreadyExists:  # a server that serves for days
        (arn,) = [
            one["stateMachineArn"]
            for one in client.list_state_machines()["stateMachines"]
            if one["name"] == name
        ]
        client.update_state_machine(stateMachineArn=arn, definition=definition)
        return str(arn)


def _ended(client: Any, case: str, execution_arn: str, deadline: float) -> Ran:
    while client.describe_execution(executionArn=execution_arn)["status"] == "RUNNING":
        assert time.monotonic() < deadline, f"{case} has not ended in time"
        time.sleep(_LOOK_SECONDS)
    return read_case(client, execution_arn)


def _await_engine(client: Any) -> None:
    deadline = time.monotonic() + _LONGEST_START_SECONDS
    while True:
        try:
            client.list_state_machines()
            return
        except BotoCoreError:
            assert time.monotonic() < deadline, "nothing answers at SFN_ENDPOINT"
            time.sleep(_LOOK_SECONDS)
