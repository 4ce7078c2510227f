"""The runs of a deployment, from Step Functions and from the run index."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from parris.aws.run_index import RunIndex
from parris_cli.account.clients import Account
from parris_cli.errors import RefusedError
from parris_cli.runs.query import Query
from parris_cli.runs.read_runs import read_runs
from parris_cli.runs.run import Run
from tests.aws.clients import make_client
from tests.builders import LAUNCHED_AT, a_job, after
from tests.parris_cli.sample_account import an_account
from tests.runs_table import RUNS_TABLE, make_runs_table

DEPLOYMENT = replace(an_account().deployment, runs_table=RUNS_TABLE)


class FakeStepFunctions:
    """Executions by their names: the state of one that is running, else its status and error."""

    def __init__(self, **executions: Any) -> None:
        self._executions = executions
        self.is_history_denied = False

    def get_paginator(self, operation: str) -> "FakeStepFunctions":
        assert operation == "list_executions"
        return self

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:
        assert asked["statusFilter"] == "RUNNING"
        return [{"executions": [one for one in self._listed() if one["status"] == "RUNNING"]}]

    def list_executions(self, **asked: Any) -> dict[str, Any]:
        return {"executions": self._listed()}

    def describe_execution(self, executionArn: str) -> dict[str, Any]:
        (found,) = (one for one in self._listed() if one["executionArn"] == executionArn)
        return {**found, "error": self._executions[found["name"]]}

    def get_execution_history(self, executionArn: str, **asked: Any) -> dict[str, Any]:
        if self.is_history_denied:
            error = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
            raise ClientError(error, "GetExecutionHistory")  # type: ignore[arg-type]
        state = json.dumps(self._executions[executionArn.rpartition(":")[2]])
        waiting = {"type": "TaskScheduled"}
        entered = {"stateEnteredEventDetails": {"name": "AwaitWakeOrNextCheck", "input": state}}
        return {"events": [waiting, entered]}

    def _listed(self) -> list[dict[str, Any]]:
        machine = DEPLOYMENT.state_machine_arn.replace(":stateMachine:", ":execution:")
        return [
            {
                "name": name,
                "executionArn": f"{machine}:{name}",
                "startDate": LAUNCHED_AT,
                "status": "RUNNING" if isinstance(state, dict) else "FAILED",
            }
            for name, state in self._executions.items()
        ]


@pytest.fixture
def index() -> Iterator[RunIndex]:
    with mock_aws():
        client = make_client("dynamodb", "us-east-1")
        make_runs_table(client)
        yield RunIndex(client, RUNS_TABLE)


def put(index: RunIndex, job_id: str, hour: int, **changes: Any) -> None:
    index.put(
        {
            "job_id": job_id,
            "owner": "ada",
            "submitted_at": f"2026-11-20T{hour:02}:00:00.000Z",
            "training_job_name": "iris",
            "reason": "COMPLETED",
            **changes,
        }
    )


def read(query: Query, steps: FakeStepFunctions) -> tuple[list[Run], list[str]]:
    def client(service: str) -> Any:
        return steps if service == "stepfunctions" else make_client(service, "us-east-1")

    return read_runs(Account(client, DEPLOYMENT, is_embedded=False), query, after(600))


def ids(runs: list[Run]) -> list[str]:
    return [run.job_id for run in runs]


def test_what_runs_comes_from_its_newest_state_and_what_has_ended_from_the_index(
    index: RunIndex,
) -> None:
    put(index, "old", 1)
    put(index, "new", 2, owner="bob")
    launch = {"status": "running", "launched_at": "2026-11-20T12:00:00.000Z"}
    steps = FakeStepFunctions(**{"run-1": {"job": a_job().to_payload(), "run": launch}})
    runs, notes = read(Query(), steps)
    assert (ids(runs), notes) == (["run-1", "new", "old"], [])
    assert (runs[0].state, runs[0].runtime_seconds) == ("training", 600)
    assert ids(read(Query(owner="bob"), steps)[0]) == ["new"]
    assert ids(read(Query(is_running_only=True), steps)[0]) == ["run-1"]


def test_as_many_as_are_asked_for_are_read_and_that_there_are_more_is_said(
    index: RunIndex,
) -> None:
    for hour in range(5):
        put(index, f"run-{hour}", hour)
    runs, notes = read(Query(most=2), FakeStepFunctions())
    assert ids(runs) == ["run-4", "run-3"]
    assert notes == ["only the latest 2 that have ended are shown; --all shows all"]
    assert len(read(Query(most=None), FakeStepFunctions())[0]) == 5


def test_a_rejected_config_is_shown_though_it_has_no_record(index: RunIndex) -> None:
    put(index, "recorded", 1)
    steps = FakeStepFunctions(
        recorded="SCRIPT_FAILED", **{"iris-20261120t120000-04f2": "CONFIG_REJECTED"}
    )
    runs, _ = read(Query(), steps)
    assert [(run.name, run.state) for run in runs] == [
        ("iris", "CONFIG_REJECTED"),
        ("iris", "COMPLETED"),
    ]
    assert ids(read(Query(reasons=frozenset({"COMPLETED"})), steps)[0]) == ["recorded"]


@pytest.mark.parametrize("recorded", [1, 3])
def test_rejected_configs_count_among_the_latest_that_are_asked_for(
    index: RunIndex, recorded: int
) -> None:
    for hour in range(recorded):
        put(index, f"run-{hour}", hour)
    steps = FakeStepFunctions(**{"iris-1": "CONFIG_REJECTED", "iris-2": "CONFIG_REJECTED"})
    runs, notes = read(Query(most=2), steps)
    assert ids(runs) == ["iris-1", "iris-2"]
    assert notes == ["only the latest 2 that have ended are shown; --all shows all"]
    assert ids(read(Query(most=3), steps)[0]) == ["iris-1", "iris-2", f"run-{recorded - 1}"]


def test_a_history_that_may_not_be_read_leaves_the_id(index: RunIndex) -> None:
    steps = FakeStepFunctions(one={}, two={})
    steps.is_history_denied = True
    runs, notes = read(Query(), steps)
    assert sorted(ids(runs)) == ["one", "two"]
    assert notes == ["what runs is shown by its id only: its history may not be read"]


def test_a_deployment_without_an_index_says_how_to_get_one() -> None:
    account = Account(lambda service: FakeStepFunctions(), an_account().deployment, False)
    with pytest.raises(RefusedError, match="update it: parris deploy"):
        read_runs(account, Query(), after(0))
