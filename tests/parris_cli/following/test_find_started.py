"""Which of several runs a name means."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from parris.payloads import Payload
from parris_cli.account.clients import Account
from parris_cli.following.find_started import find_started
from tests.aws.clients import make_client
from tests.builders import LAUNCHED_AT, a_job
from tests.parris_cli.sample_account import BUCKET, an_account

DEPLOYMENT = an_account().deployment
EXECUTIONS = DEPLOYMENT.state_machine_arn.replace(":stateMachine:", ":execution:")
ACCEPTED, REFUSED = "iris-20310501t080000-0001", "iris-20310502t080000-0002"


class Executions:
    """Step Functions with executions in the order of their start; those with a state run."""

    def __init__(self, **states: Payload | None) -> None:
        self._states = states

    def get_paginator(self, operation: str) -> "Executions":
        return self

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:
        running = [name for name, state in self._states.items() if state is not None]
        return [{"executions": [{"executionArn": f"{EXECUTIONS}:{name}"} for name in running]}]

    def describe_execution(self, executionArn: str) -> dict[str, Any]:
        name = executionArn.rpartition(":")[2]
        if name not in self._states:
            error = {"Error": {"Code": "ExecutionDoesNotExist", "Message": "no"}}
            raise ClientError(error, "DescribeExecution")  # type: ignore[arg-type]
        started_at = LAUNCHED_AT + timedelta(hours=list(self._states).index(name))
        return {"name": name, "executionArn": executionArn, "startDate": started_at}

    def get_execution_history(self, executionArn: str, **asked: Any) -> dict[str, Any]:
        state = json.dumps(self._states[executionArn.rpartition(":")[2]])
        return {"events": [{"stateEnteredEventDetails": {"name": "ConfirmEnded", "input": state}}]}


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = make_client("s3", "us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


def record(s3: Any, job_id: str, error: str | None) -> None:
    body = json.dumps({"outcome": {"error": error}}).encode()
    s3.put_object(Bucket=BUCKET, Key=f"jobs/iris/{job_id}/record.json", Body=body)


def found(job: str, executions: Executions) -> str:
    def client(service: str) -> Any:
        is_fake = service == "stepfunctions"
        return executions if is_fake else make_client(service, "us-east-1")

    return find_started(Account(client, replace(DEPLOYMENT), is_embedded=False), job).job_id


def test_a_name_means_the_newest_run_that_was_accepted(s3: Any) -> None:
    record(s3, ACCEPTED, "CapacityUnavailableError")
    record(s3, REFUSED, "JobNameTakenError")
    executions = Executions(**{ACCEPTED: None, REFUSED: None})
    assert found("iris", executions) == ACCEPTED
    assert found("parris-iris", executions) == ACCEPTED
    assert found(REFUSED, executions) == REFUSED


def test_a_name_means_a_refused_run_if_there_is_no_other(s3: Any) -> None:
    record(s3, REFUSED, "JobNameTakenError")
    assert found("iris", Executions(**{REFUSED: None})) == REFUSED
    record(s3, ACCEPTED, "ResourceExistsError")
    assert found("iris", Executions(**{ACCEPTED: None, REFUSED: None})) == REFUSED


def test_a_name_means_the_run_that_trains_while_another_is_being_refused(s3: Any) -> None:
    job = a_job().to_payload()
    refused: Payload = {"job": job, "error": {"Error": "JobNameTakenError", "Cause": "{}"}}
    states: dict[str, Payload | None] = {ACCEPTED: {"job": job}, REFUSED: refused}
    for job_id in (ACCEPTED, REFUSED):
        s3.put_object(Bucket=BUCKET, Key=f"jobs/iris/{job_id}/log.txt", Body=b"")
    assert found("iris", Executions(**states)) == ACCEPTED
