"""The ids that a shell completes: the newest runs, in three requests whatever their number."""

import json
from typing import Any

import boto3
import pytest
from moto import mock_aws

from parris_cli.account.session import own_session
from parris_cli.main import main
from parris_cli.runs import newest_ids
from tests.parris_cli.deployed_account import MACHINE, REGION, make_deployment

WAITS = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 9, "End": True}}}


@mock_aws
def test_the_newest_runs_are_listed_in_three_requests_those_that_run_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(newest_ids, "_PAGE", 3)
    make_deployment()
    steps = boto3.client("stepfunctions", region_name=REGION)
    role = "arn:aws:iam::123456789012:role/any"
    steps.create_state_machine(name="parris-training", definition=json.dumps(WAITS), roleArn=role)
    for number in range(6):
        steps.start_execution(stateMachineArn=MACHINE, name=f"iris-{number}")
    for number in range(1, 6):
        arn = f"{MACHINE.replace(':stateMachine:', ':execution:')}:iris-{number}"
        steps.stop_execution(executionArn=arn)
    calls: list[str] = []

    def remember(model: Any, **_: object) -> None:
        calls.append(model.name)

    own_session().events.register("before-call", remember)
    try:
        assert main(["completion", "jobs"]) == 0
    finally:
        own_session().events.unregister("before-call", remember)
    assert capsys.readouterr().out.splitlines() == ["iris-0", "iris-5", "iris-4", "iris-3"]
    assert calls == ["DescribeStacks", "ListExecutions", "ListExecutions"]


@mock_aws
def test_without_a_deployment_nothing_is_offered_and_nothing_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["completion", "jobs"]) == 0
    assert capsys.readouterr() == ("", "")
