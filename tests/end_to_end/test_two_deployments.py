"""Two deployments in one account: neither touches what is the other's, whatever goes wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.project_files import snapshots_folder
from parris_cli.rehearsal.simulation.driver import SimulatedInstances
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.starting.start_job import StartedJob
from tests.end_to_end.site import Site

pytestmark = pytest.mark.long

ASLEEP = "AwaitWakeOrNextCheck"
SETTINGS = Settings(
    shared_imports=SHARED_IMPORTS,
    stack_create_seconds=30,
    stack_delete_seconds=60,
    instances=SimulatedInstances(SimulatedTraining(30 * 24 * 3600, boot_seconds=40)),
)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Site]]:
    """One whose reaper never comes, and one whose reaper comes by the hour."""
    clock = VirtualClock(datetime(2031, 5, 1, tzinfo=UTC))
    with EmbeddedAws(
        SETTINGS, folder=tmp_path_factory.mktemp("aws"), clock=clock, snapshots=snapshots_folder()
    ) as aws:
        yield (
            Site(aws, clock, tmp_path_factory.mktemp("jobs"), "never"),
            Site(aws, clock, tmp_path_factory.mktemp("jobs"), "rate(1 hour)", "team"),
        )


def machine_states(site: Site, started: StartedJob) -> list[str]:
    left = site.deployed.left_of(started)
    return [one["state"] for one in left if one["kind"] == "instance"]


def test_a_job_of_a_name_that_the_other_deployment_trains_is_refused_and_touches_nothing(
    sites: tuple[Site, Site],
) -> None:
    ours, theirs = sites
    living = theirs.start_until(ASLEEP, "same")
    refused = ours.deployed.start("same", "exit 0\n", stack_replacement=True)
    ours.clock.run_while(lambda: ours.deployed.is_running(refused))
    ended = ours.deployed.end_of(refused)
    assert (ended.reason, ended.left) == ("LAUNCH_FAILED", [])
    assert "that this run did not create" in ended.cause
    ours.pass_time(timedelta(hours=2))
    assert theirs.deployed.is_running(living)
    assert machine_states(theirs, living) == ["running"]
    theirs.stop(living.execution_arn)
    theirs.pass_time()


def test_reaper_and_cleanup_of_one_leave_dead_and_living_of_the_other_alone(
    sites: tuple[Site, Site],
) -> None:
    ours, theirs = sites
    ours.forget_events("CleanupStateMachineRunDied")
    dead = ours.start_until(ASLEEP, "dead")
    living = theirs.start_until(ASLEEP, "living")
    ours.stop(dead.execution_arn)
    meddling = theirs.clean_up_after(dead)
    theirs.pass_time(timedelta(hours=3))
    assert theirs.status_of(meddling) == "FAILED"
    assert machine_states(ours, dead) == ["running"]
    assert "job#living" in theirs.held_names()
    ours.clean_up_after(dead)
    ours.pass_time()
    assert ours.deployed.end_of(dead).left == []
    assert theirs.deployed.is_running(living)
    assert machine_states(theirs, living) == ["running"]
    theirs.stop(living.execution_arn)
    theirs.pass_time()
    assert theirs.deployed.end_of(living).left == []
