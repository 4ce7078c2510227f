"""What every target launches: once, found with its owner, described, given its files, watched."""

from typing import Any

import pytest

import create_stack
import poll_termination_condition
import wait_for_running
import wake
from embedded_aws import EmbeddedAws
from parris.console import Console
from parris.entrypoint import Deps
from parris.errors import CapacityUnavailableError
from parris.folder import MachineFolder
from parris.payloads import Payload, part_of
from parris.targets.inventory import find_resources
from parris.timestamps import parse_timestamp
from tests.builders import BUCKET, EXECUTION_ARN, some_limits
from tests.handlers.test_ending import NOW, running, until
from tests.targets.conformance.played_run import ended, recorded, start_runner, trained
from tests.targets.conformance.stages import Stage


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
    assert job.on_termination in {one.on_termination for one in found}
    of_run = [one for search in deps.target(job.target).searches() for one in search(EXECUTION_ARN)]
    assert set(of_run) == set(found)
    of_another = f"{EXECUTION_ARN}-of-another"
    assert not any(search(of_another) for search in deps.target(job.target).searches())


def test_a_launch_that_is_asked_for_again_is_the_same(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    job = stage.job(aws)
    state = trained(deps, job)
    there = stage.there(aws)
    again = create_stack.run({"state": {"job": job.to_payload()}, "now": NOW}, deps)
    assert part_of(again, "launch")["launch_id"] == state["launch"]["launch_id"]
    assert stage.there(aws) == there


def test_the_machine_is_given_its_files_where_no_machine_writes(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    state = trained(deps, stage.job(aws))
    prefix = state["run"]["machine_prefix"]
    steering = f"steering/{prefix.removeprefix('machines/')}/"
    listed = aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=steering)["Contents"]
    names = {one["Key"].removeprefix(steering) for one in listed}
    assert "train.sh" in names
    if not stage.examples.has_runner:
        return
    assert {"runner.zip", "job.json"} <= names
    job_file = deps.aws.bucket.read_json(f"{steering}job.json")
    assert job_file is not None
    assert (job_file["job_id"], job_file["prefix"]) == ("run-1", prefix)


def test_a_machines_exit_report_is_traced_to_it(stage: Stage, deps: Deps, aws: EmbeddedAws) -> None:
    job = stage.job(aws)
    state = trained(deps, job)
    folder = MachineFolder.of_file(f"{state['run']['machine_prefix']}/exit.json", {"exit.json"})
    assert folder is not None
    traced = deps.target(job.target).machine_of(folder.user_id)
    expected = state["run"]["machine_id"] if stage.examples.is_woken_by_report else None
    assert traced == expected
    others = [one for one in deps.targets() if type(one) is not type(deps.target(job.target))]
    assert [one.machine_of(folder.user_id) for one in others] == [None] * len(others)


def test_what_is_found_is_described_to_a_person(stage: Stage, deps: Deps, aws: EmbeddedAws) -> None:
    job = stage.job(aws)
    trained(deps, job)
    ids = tuple(sorted(stage.there(aws)))
    guide = deps.target(job.target).describe(job, ids)
    assert [one.resource_id for one in guide.of(ids)] == list(ids)
    for one in guide.resources:
        assert one.kind.replace(" ", "").isalpha()
        assert one.console_url.startswith("https://")
        assert one.resource_id in one.removal_command
        assert one.removed_with in (None, *ids)
        assert one.removed_with != one.resource_id


def test_a_refused_launch_says_why_and_is_cleared_for_the_next_offer(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    job = stage.job(aws, offers=stage.examples.offers).with_offer(0)
    state: dict[str, Any] = {"job": job.to_payload()}
    state |= create_stack.run({"state": state, "now": NOW}, deps)
    state["run"] = until(
        lambda: wait_for_running.run({"state": state, "now": NOW}, deps), "status", "no-capacity"
    )
    with pytest.raises(CapacityUnavailableError, match=stage.examples.refusal):
        launch_id = str(part_of(state, "launch")["launch_id"])
        deps.target(job.target).watch_launch(job, launch_id, parse_timestamp(NOW))

    def launched() -> Payload:
        state.update(create_stack.run({"state": state, "now": NOW}, deps))
        return {"is_requested": str(part_of(state, "launch")["is_requested"])}

    until(launched, "is_requested", "True")
    assert part_of(state, "job")["attempt"] == 1
    state["run"] = running(deps, state)
    (machine,) = (one for one in find_resources(deps.settings, deps.aws) if one.runs_job)
    assert machine.resource_id == part_of(state, "run")["machine_id"]
    assert machine.is_active


def test_a_launch_that_is_refused_to_the_last_leaves_nothing(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    job = stage.job(aws, offers=stage.examples.offers[:1]).with_offer(0)
    state: dict[str, Any] = {"job": job.to_payload()}
    state |= create_stack.run({"state": state, "now": NOW}, deps)
    with pytest.raises(CapacityUnavailableError, match=stage.examples.refusal):
        running(deps, state)
    ended(deps, state)
    assert stage.there(aws) == set()


def test_an_event_of_its_end_wakes_the_run(stage: Stage, deps: Deps, aws: EmbeddedAws) -> None:
    state = trained(deps, stage.job(aws))
    answer = wake.run(stage.event(state["run"]["machine_id"]), deps)
    assert answer["was_notified"] is True
    assert answer["execution_arn"] == EXECUTION_ARN
    assert wake.run(stage.event("of-nobody"), deps)["was_notified"] is False


def test_a_machine_that_is_lost_is_noticed_and_nothing_of_it_is_left(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    job = stage.job(aws, limits=some_limits(time_limit_seconds=None))
    state = trained(deps, job)
    start_runner(state, aws)
    machine_id = state["run"]["machine_id"]
    decision = poll_termination_condition.run({"state": state, "now": NOW}, deps)
    assert decision["reason"] is None
    stage.strike(aws, machine_id)
    decision = poll_termination_condition.run({"state": state, "now": NOW}, deps)
    assert decision["reason"] == "INSTANCE_LOST"
    # A diagnosis is requested whatever has happened to the machine, and raises nothing.
    assert deps.target(job.target).failed_check(machine_id) is None
    assert isinstance(deps.target(job.target).console(machine_id), Console)
    aws.client("s3").delete_object(
        Bucket=BUCKET, Key=f"{state['run']['machine_prefix']}/started.json"
    )
    ended(deps, state)
    assert state["confirmed"]["left"] == []
    assert recorded(deps, state)["reason"] == "ABORTED"
    assert stage.there(aws) == set()
