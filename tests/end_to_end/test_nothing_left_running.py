"""A run that dies outside its workflow leaves nothing that is billed, saves, and is recorded."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import pytest
from flask import request as http_request

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.functions.at_work import kill_function
from embedded_aws.gaps.cloudformation import stack_life
from embedded_aws.stacks.creation import create_stack
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.project_files import snapshots_folder
from parris_cli.rehearsal.simulation.driver import SimulatedInstances
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.stopping.request_stop import request_stop
from tests.end_to_end.site import Site

DEPLOYED_AT = datetime(2031, 5, 1, tzinfo=UTC)
SETTINGS = Settings(
    shared_imports=SHARED_IMPORTS,
    stack_create_seconds=30,
    stack_delete_seconds=60,
    instances=SimulatedInstances(SimulatedTraining(6 * 3600, boot_seconds=40)),
)

LONG = pytest.mark.long


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    clock = VirtualClock(DEPLOYED_AT)
    with EmbeddedAws(
        SETTINGS, folder=tmp_path_factory.mktemp("aws"), clock=clock, snapshots=snapshots_folder()
    ) as aws:
        yield Site(aws, clock, tmp_path_factory.mktemp("jobs"))


def die_unanswered() -> NoReturn:
    """Kill the function whose request this thread answers, in place of an answer."""
    kill_function(http_request.headers["X-Amzn-Trace-Id"])
    raise ConnectionError


@pytest.mark.parametrize(
    "state", ["AwaitWakeOrNextCheck", pytest.param("AwaitLaunchEvent", marks=LONG)]
)
def test_a_run_that_is_stopped_by_hand_is_ended_saved_and_recorded_within_minutes(
    site: Site, state: str
) -> None:
    started = site.start_until(state, f"stopped-{state.lower()}")
    site.clock.run_until(site.clock.now() + timedelta(minutes=2))
    site.stop(started.execution_arn)
    site.pass_time()
    ended = site.deployed.end_of(started)
    assert (ended.status, ended.left) == ("ABORTED", [])
    assert ended.outcome["reason"] == "ABORTED"
    assert ended.outcome["cause"] == "the execution was stopped from outside the workflow: by hand"
    assert site.are_results_saved(started)
    assert (site.held_names(), site.unfinished_cleanups()) == ([], [])


def test_a_stack_that_is_made_after_the_first_check_is_ended_too(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_at: list[datetime] = []

    def stop_then_make_late(*args: Any, **request: Any) -> Any:
        def make() -> None:
            create_stack(*args, **request)
            made_at.append(site.clock.now())

        if site.status_of(request["tags"]["parris:execution"]) == "RUNNING":
            site.stop(request["tags"]["parris:execution"])
            site.clock.call_at(site.clock.now() + timedelta(seconds=100), make)
        die_unanswered()

    monkeypatch.setattr(f"{stack_life.__name__}.create_stack", stop_then_make_late)
    started = site.deployed.start("made-late", "exit 0\n")
    site.clock.run_while(lambda: site.deployed.is_running(started))
    site.pass_time()
    assert len(made_at) == 1
    assert site.deployed.end_of(started).left == []
    site.pass_time()  # polls are rare by then, and the record comes after them
    ended = site.deployed.end_of(started)
    assert (ended.outcome["reason"], ended.left) == ("ABORTED", [])
    assert (site.held_names(), site.unfinished_cleanups()) == ([], [])


@pytest.mark.parametrize("is_answered", [False, pytest.param(True, marks=LONG)])
def test_a_stop_request_during_the_call_of_create_stack_takes_effect(
    site: Site, monkeypatch: pytest.MonkeyPatch, is_answered: bool
) -> None:
    name = f"requested-{str(is_answered).lower()}"
    heard: list[bool] = []

    def make_and_request(*args: Any, **request: Any) -> Any:
        owner = request["tags"]["parris:execution"]
        made = create_stack(*args, **request)
        heard.append(request_stop(site.deployed.account, name, owner, site.clock.now()))
        if is_answered:
            return made
        die_unanswered()

    monkeypatch.setattr(f"{stack_life.__name__}.create_stack", make_and_request)
    started = site.deployed.start(name, "exit 0\n")
    site.clock.run_while(lambda: site.deployed.is_running(started))
    ended = site.deployed.end_of(started)
    assert heard[0] is True
    assert (ended.reason, ended.left) == ("ABORTED", [])
    assert site.held_names() == []


def test_a_reason_that_the_run_had_decided_on_is_what_the_record_says(site: Site) -> None:
    started = site.start_until("AwaitEndEvent", "decided")
    site.stop(started.execution_arn)
    site.pass_time()
    ended = site.deployed.end_of(started)
    assert (ended.status, ended.left) == ("ABORTED", [])
    assert (ended.outcome["reason"], ended.outcome["exit_status"]) == ("COMPLETED", 0)


@pytest.mark.long
def test_an_instance_that_is_to_be_kept_is_stopped_and_kept(site: Site) -> None:
    started = site.start_training("kept", on_termination="stop-instance")
    site.stop(started.execution_arn)
    site.pass_time()
    ended = site.deployed.end_of(started)
    assert ended.outcome["reason"] == "ABORTED"
    assert {one["kind"]: one["state"] for one in ended.left}["instance"] == "stopped"
    assert site.unfinished_cleanups() == []


def test_a_run_that_lives_is_not_touched(site: Site) -> None:
    started = site.start_until("AwaitWakeOrNextCheck", "living")
    cleanup = site.clean_up_after(started)
    site.pass_time()
    assert site.status_of(cleanup) == "SUCCEEDED"
    assert site.deployed.is_running(started)
    assert [
        one["state"] for one in site.deployed.left_of(started) if one["kind"] == "instance"
    ] == ["running"]
    site.stop(started.execution_arn)
    site.pass_time()


@pytest.mark.long
def test_two_cleanups_beside_each_other_and_one_a_day_later_do_no_harm(site: Site) -> None:
    started = site.start_training("twice")
    site.stop(started.execution_arn)
    beside = site.clean_up_after(started)
    site.pass_time()
    record = site.record_of(started)
    later = site.clean_up_after(started)
    site.pass_time()
    assert [site.status_of(beside), site.status_of(later)] == ["SUCCEEDED", "SUCCEEDED"]
    assert site.record_of(started) == record
    assert record["outcome"]["reason"] == "ABORTED"
    assert site.deployed.end_of(started).left == []
