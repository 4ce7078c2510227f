"""StartOnClick: a click starts one execution, delivered once or more."""

import json
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_machine, end_of
from parris.entrypoint import Deps
from parris.payloads import Payload
from start_on_click import run
from tests.handlers.conftest import with_settings
from tests.handlers.virtual_time import let_pass

NOON_MS = 1_795_262_400_000
CLICK: Payload = {
    "serialNumber": "G030JF055364XVRB",
    "clickType": "SINGLE",
    "topic": "iotbutton/G030JF055364XVRB",
    "received_at_ms": NOON_MS,
}


@pytest.fixture
def machine(aws: EmbeddedAws) -> str:
    return create_machine(aws, {"Done": {"Type": "Succeed"}})


def executions(aws: EmbeddedAws, machine: str) -> list[dict[str, Any]]:
    found = aws.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    return [end_of(aws, one["executionArn"]) for one in found]


def test_a_click_starts_a_job_with_the_deployments_input(
    deps: Deps, aws: EmbeddedAws, machine: str
) -> None:
    chosen = '{"config-key": "team/button.json"}'
    answer = run(dict(CLICK), with_settings(deps, state_machine_arn=machine, click_input=chosen))
    (started,) = executions(aws, machine)
    assert started["name"] == answer["job_id"]
    assert json.loads(started["input"]) == {
        "config-key": "team/button.json",
        "_started-by": "G030JF055364XVRB (SINGLE)",
    }


def test_a_click_that_is_delivered_twice_starts_one_job_while_it_runs_and_after_its_end(
    deps: Deps, aws: EmbeddedAws
) -> None:
    machine = create_machine(aws, {"Work": {"Type": "Wait", "Seconds": 2, "End": True}})
    clicked = with_settings(deps, state_machine_arn=machine)
    first = run(dict(CLICK), clicked)
    assert run(dict(CLICK), clicked) == first
    steps = aws.client("stepfunctions")
    let_pass(3)
    assert executions(aws, machine)[0]["status"] == "SUCCEEDED"
    assert run(dict(CLICK), clicked) == first
    assert len(steps.list_executions(stateMachineArn=machine)["executions"]) == 1


def test_the_next_click_starts_the_next_job(deps: Deps, aws: EmbeddedAws, machine: str) -> None:
    clicked = with_settings(deps, state_machine_arn=machine)
    run(dict(CLICK), clicked)
    run({**CLICK, "received_at_ms": NOON_MS + 60_000}, clicked)
    assert len(executions(aws, machine)) == 2
