"""What every target has to do for the shared code: each test runs on each target."""

from typing import Any

import pytest

import create_stack
import end_jobs
import find_run
import poll_termination_condition
import reap_orphans
import record_outcome
import wake
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.job import Job
from parris.payloads import Payload, part_of
from parris.targets.find_owned import find_owned
from parris.targets.inventory import find_resources
from parris.targets.registry import target_names
from tests.builders import EXECUTION_ARN
from tests.handlers.test_end_jobs import a_stack
from tests.handlers.test_ending import NOW, ended, running, until
from tests.targets.conformance.stages import STAGES, Stage

WAYS = [
    pytest.param(stage, way, fate, id=f"{name}-{way}")
    for name, stage in STAGES.items()
    for way, fate in stage.ways.items()
]


def trained(deps: Deps, job: Job) -> dict[str, Any]:
    """Launch as the states do, until it runs."""
    state: dict[str, Any] = {"job": job.to_payload()}
    state |= create_stack.run({"state": state, "now": NOW}, deps)
    state["run"] = running(deps, state)
    return state


def test_every_target_has_a_stage() -> None:
    assert set(target_names()) == set(STAGES)


def test_what_is_launched_is_found_with_its_owner(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    job = stage.job(aws)
    state = trained(deps, job)
    found = find_resources(deps.settings, deps.aws)
    assert {one.resource_id for one in found} == stage.there(aws)
    assert {(one.owner_arn, one.target) for one in found} == {(EXECUTION_ARN, job.target)}
    (machine,) = (one for one in found if one.runs_job)
    assert machine.resource_id == state["run"]["machine_id"]
    assert machine.is_active
    assert machine.is_billed
    assert machine.is_left_behind
    assert (machine.training_job_name, machine.keep_until) == ("iris", None)
    of_run = [one for search in deps.target(job.target).searches() for one in search(EXECUTION_ARN)]
    assert set(of_run) == set(found)
    of_another = f"{EXECUTION_ARN}-of-another"
    assert not any(search(of_another) for search in deps.target(job.target).searches())


def test_what_is_found_is_described_to_a_person(stage: Stage, deps: Deps, aws: EmbeddedAws) -> None:
    job = stage.job(aws)
    trained(deps, job)
    ids = tuple(sorted(stage.there(aws)))
    guide = deps.target(job.target).describe(job, ids)
    assert [one.resource_id for one in guide.of(ids)] == list(ids)
    for one in guide.resources:
        assert one.kind.isalpha()
        assert one.console_url.startswith("https://")
        assert one.resource_id in one.removal_command
        assert one.removed_with in (None, *ids)
        assert one.removed_with != one.resource_id


def test_an_event_of_its_end_wakes_the_run(stage: Stage, deps: Deps, aws: EmbeddedAws) -> None:
    state = trained(deps, stage.job(aws))
    answer = wake.run(stage.event(state["run"]["machine_id"]), deps)
    assert answer["was_notified"] is True
    assert answer["execution_arn"] == EXECUTION_ARN
    assert wake.run(stage.event("of-nobody"), deps)["was_notified"] is False


def test_a_machine_that_is_lost_is_noticed_and_nothing_of_it_is_left(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    state = trained(deps, stage.job(aws))
    stage.strike(aws, state["run"]["machine_id"])
    decision = poll_termination_condition.run({"state": state, "now": NOW}, deps)
    assert decision["reason"] in {"INSTANCE_LOST", "LAUNCH_FAILED"}
    _, seen = ended(deps, state)
    assert (seen["state"], seen["left"]) == ("ended", [])
    assert stage.there(aws) == set()


@pytest.mark.parametrize(("stage", "way", "fate"), WAYS)
def test_a_job_ends_in_every_way(
    stage: Stage, way: str, fate: str, deps: Deps, aws: EmbeddedAws
) -> None:
    job = stage.job(aws, on_termination=way)
    state = trained(deps, job)
    launched = stage.there(aws)
    steps, seen = ended(deps, state)
    state["confirmed"] = seen
    outcome = part_of(record_outcome.run({"state": state, "now": NOW}, deps), "outcome")
    assert (seen["state"], outcome["reason"]) == ("ended", "ABORTED")
    assert deps.aws.jobs_table.find("iris") is None
    found = find_resources(deps.settings, deps.aws)
    match fate:
        case "gone":
            assert (stage.there(aws), found, seen["left"]) == (set(), (), [])
        case "kept":
            kept = [one for one in found if one.resource_id in set(_texts(seen["kept"]))]
            assert kept
            assert {one.keep_until for one in kept} == {"always"}
            assert seen["keep_until"] == outcome["keep_until"] == "always"
            assert not any(one.is_left_behind for one in found)
        case _:
            # It is no job's any more: nobody reaps it, and nothing of ours is there.
            assert steps == ["released"]
            assert (stage.there(aws), found, outcome["kept"]) == (launched, (), [])


def _texts(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(one) for one in value]


def test_what_an_abandoned_run_left_is_reaped_and_ended(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    job = stage.job(aws)
    trained(deps, job)
    assert set(find_owned(deps.settings, deps.aws)) == {EXECUTION_ARN}
    assert reap_orphans.run({"time": NOW}, deps)["cleaned_up"] == 1
    event: Payload = {"execution_arn": EXECUTION_ARN, "since": NOW, "now": NOW}
    found = find_run.run(event, deps)
    assert found["verdict"] == "to-end"
    state: dict[str, Any] = dict(part_of(found, "state"))
    assert state["job"]["target"] == job.target
    _, seen = ended(deps, state)
    assert (seen["state"], seen["left"]) == ("ended", [])
    assert stage.there(aws) == set()


def test_what_expires_of_an_abandoned_run_is_reaped(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    state = trained(deps, stage.job(aws, on_termination="stop-instance"))
    _, seen = ended(deps, state)
    assert seen["kept"]
    record_outcome.run({"state": {**state, "confirmed": seen}, "now": NOW}, deps)
    assert reap_orphans.run({"time": NOW}, deps)["kept"] == 1


def test_what_dead_runs_left_goes_with_the_deployment(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    deployment = a_stack(aws)
    trained(deps, stage.job(aws))

    def left() -> Payload:
        return {"left": str(len(end_jobs.run({"StackId": deployment, "now": NOW}, deps)))}

    until(left, "left", "0")
    assert stage.there(aws) == set()


def test_what_another_run_launched_is_left_alone(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    state = trained(deps, stage.job(aws))
    there = stage.there(aws)
    other = stage.job(aws, execution_arn=f"{EXECUTION_ARN}-of-another")
    state = {"job": other.to_payload()}
    steps, _ = ended(deps, state)
    assert steps == ["nothing-to-end"]
    assert stage.there(aws) == there
