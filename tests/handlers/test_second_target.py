"""The handlers know targets, not stacks: one that has no stack goes through all of their ends."""

from pathlib import Path
from typing import Any

import pytest

import confirm_ended
import create_stack
import end_jobs
import find_run
import poll_termination_condition
import record_outcome
import stop_or_delete_stack
import wait_for_running
from embedded_aws import EmbeddedAws
from parris import targets
from parris.entrypoint import Deps
from parris.job import Job
from parris.payloads import Payload, part_of
from tests.builders import EXECUTION_ARN, a_job
from tests.handlers.one_parameter import NAME
from tests.handlers.test_end_jobs import a_stack
from tests.handlers.test_ending import NOW

LAUNCHED = "/machines/iris"


@pytest.fixture(autouse=True)
def second_target(monkeypatch: pytest.MonkeyPatch) -> None:
    beside = Path(__file__).parent / "targets"
    monkeypatch.setattr(targets, "__path__", [*targets.__path__, str(beside)])


def a_parameters_job(**changes: Any) -> Job:
    return a_job(target=NAME, **changes)


def trained(deps: Deps, job: Job) -> dict[str, Any]:
    """Launch and watch as the states do, until there is a decision."""
    state: dict[str, Any] = {"job": job.to_payload()}
    state |= create_stack.run({"state": state, "now": NOW}, deps)
    state["run"] = wait_for_running.run({"state": state, "now": NOW}, deps)
    assert state["run"]["status"] == "running"
    decision = poll_termination_condition.run({"state": state, "now": NOW}, deps)
    state["decision"] = decision
    state["end"] = {"reason": decision["reason"], "decided_at": NOW}
    return state


def ended(deps: Deps, state: dict[str, Any]) -> list[str]:
    """End as the states do, and return the steps."""
    steps: list[str] = []
    seen: Payload = {"state": "end-again"}
    while seen["state"] == "end-again" and len(steps) < 5:
        state["cleanup"] = stop_or_delete_stack.run({"state": state, "now": NOW}, deps)
        steps.append(state["cleanup"]["step"])
        seen = state["confirmed"] = confirm_ended.run({"state": state, "now": NOW}, deps)
    assert seen["state"] == "ended"
    return steps


def names_left(aws: EmbeddedAws) -> list[str]:
    found = aws.client("ssm").describe_parameters()["Parameters"]
    return [one["Name"] for one in found if one["Name"].startswith("/machines/")]


def test_a_job_is_launched_watched_ended_and_recorded(deps: Deps, aws: EmbeddedAws) -> None:
    state = trained(deps, a_parameters_job())
    assert state["decision"]["reason"] == "TIME_LIMIT"
    assert names_left(aws) == [LAUNCHED]
    assert ended(deps, state) == ["saving", "deleting"]
    assert names_left(aws) == []
    record_outcome.run({"state": state, "now": NOW}, deps)
    record = deps.aws.bucket.read_json("jobs/iris/run-1/record.json")
    assert record is not None
    assert part_of(record, "outcome")["reason"] == "TIME_LIMIT"
    assert deps.aws.jobs_table.find("iris") is None


def test_a_machine_that_is_lost_is_noticed(deps: Deps, aws: EmbeddedAws) -> None:
    state: dict[str, Any] = {"job": a_parameters_job().to_payload()}
    state |= create_stack.run({"state": state, "now": NOW}, deps)
    state["run"] = wait_for_running.run({"state": state, "now": NOW}, deps)
    aws.client("ssm").delete_parameter(Name=LAUNCHED)
    decision = poll_termination_condition.run({"state": state, "now": "2026-11-20T12:05:00Z"}, deps)
    assert decision["reason"] == "INSTANCE_LOST"
    state["end"] = {"reason": "INSTANCE_LOST", "decided_at": NOW}
    assert ended(deps, state) == ["nothing-to-end"]


def test_what_is_to_be_kept_is_marked_and_noted(deps: Deps, aws: EmbeddedAws) -> None:
    state = trained(deps, a_parameters_job(on_termination="stop-instance"))
    assert ended(deps, state) == ["stopping"]
    assert (state["confirmed"]["kept"], state["confirmed"]["keep_until"]) == ([LAUNCHED], "always")
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert item.keep_until == "always"
    assert names_left(aws) == [LAUNCHED]


def test_what_a_forgotten_run_left_is_found(deps: Deps) -> None:
    trained(deps, a_parameters_job())
    event: Payload = {"execution_arn": EXECUTION_ARN, "since": NOW, "now": NOW}
    found = find_run.run(event, deps)
    assert found["verdict"] == "to-end"
    assert part_of(part_of(found, "state"), "job")["target"] == NAME


def test_what_dead_runs_left_goes_with_the_deployment(deps: Deps, aws: EmbeddedAws) -> None:
    trained(deps, a_parameters_job())
    deployment = a_stack(aws)
    for _ in range(3):
        end_jobs.run({"StackId": deployment, "now": NOW}, deps)
    assert names_left(aws) == []


def test_what_another_run_launched_is_left_alone(deps: Deps, aws: EmbeddedAws) -> None:
    state = trained(deps, a_parameters_job())
    state["job"] = a_parameters_job(execution_arn=f"{EXECUTION_ARN}-of-another").to_payload()
    assert ended(deps, state) == ["nothing-to-end"]
    assert names_left(aws) == [LAUNCHED]
