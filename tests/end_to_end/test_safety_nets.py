"""Each of the four nets alone ends the bill, by the time in docs/nothing-left-running.md.

Switched off are: the workflow, by killing the execution; the cleanup, by its rule; the reaper, by
`ReaperRate`; what is on the machine, its runner's limits and its timer, by the simulated training.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.project_files import snapshots_folder
from parris_cli.rehearsal.simulation.driver import SimulatedInstances
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from tests.end_to_end.site import Site

pytestmark = pytest.mark.long

DEPLOYED_AT = datetime(2031, 5, 1, tzinfo=UTC)
ENDLESS_SECONDS = 3 * 365 * 24 * 3600
BOOT_SECONDS, SAVE_SECONDS = 40, 10
RUN_DIED, INSTANCE_CHANGED = "CleanupStateMachineRunDied", "WakeFunctionInstanceChanged"
TWO_HOURS: dict[str, Any] = {
    "termination_method": "at-fixed-time",
    "termination_options": {"time-limit": 2},
}


@contextmanager
def a_site(folder: Path, reaper_rate: str, *, has_timer: bool) -> Iterator[Site]:
    """A site whose machines end their scripts by nothing but a timer, where they have one."""
    training = SimulatedTraining(
        takes_seconds=ENDLESS_SECONDS,
        boot_seconds=BOOT_SECONDS,
        save_seconds=SAVE_SECONDS,
        keeps_limits=False,
        has_timer=has_timer,
    )
    settings = Settings(
        shared_imports=SHARED_IMPORTS,
        stack_create_seconds=30,
        stack_delete_seconds=60,
        instances=SimulatedInstances(training),
    )
    clock = VirtualClock(DEPLOYED_AT)
    with EmbeddedAws(
        settings, folder=folder / "aws", clock=clock, snapshots=snapshots_folder()
    ) as aws:
        (folder / "jobs").mkdir()
        yield Site(aws, clock, folder / "jobs", reaper_rate)


def test_the_workflow_alone_ends_the_bill_by_the_limit(tmp_path: Path) -> None:
    with a_site(tmp_path, "never", has_timer=False) as site:
        site.forget_events(RUN_DIED, INSTANCE_CHANGED)
        started = site.start_training("inside", **TWO_HOURS)
        launched_at = site.launched_at(started)
        assert site.wait_until_off(started) - launched_at <= timedelta(hours=2)
        site.pass_time()
        ended = site.deployed.end_of(started)
        assert (ended.outcome["reason"], ended.left) == ("TIME_LIMIT", [])


def test_the_cleanup_alone_ends_the_bill_within_five_minutes(tmp_path: Path) -> None:
    with a_site(tmp_path, "never", has_timer=False) as site:
        site.forget_events(INSTANCE_CHANGED)
        started = site.start_training("outside")
        died_at = site.clock.now()
        site.stop(started.execution_arn)
        assert site.wait_until_off(started) - died_at <= timedelta(minutes=5)
        site.pass_time()
        ended = site.deployed.end_of(started)
        assert (ended.outcome["reason"], ended.left) == ("ABORTED", [])


def test_the_reaper_alone_ends_the_bill_five_minutes_after_its_turn(tmp_path: Path) -> None:
    with a_site(tmp_path, "rate(1 hour)", has_timer=False) as site:
        site.forget_events(RUN_DIED, INSTANCE_CHANGED)
        started = site.start_training("reaped")
        died_at = site.clock.now()
        site.stop(started.execution_arn)
        took = site.wait_until_off(started) - died_at
        assert timedelta(minutes=10) < took <= timedelta(hours=1, minutes=5)
        site.pass_time()
        ended = site.deployed.end_of(started)
        assert (ended.outcome["reason"], ended.left) == ("ABORTED", [])
        assert site.are_results_saved(started)
        assert (site.held_names(), site.unfinished_cleanups()) == ([], [])


@pytest.mark.parametrize(
    ("config", "limit"),
    [(TWO_HOURS, timedelta(hours=2)), ({}, timedelta(hours=8700))],
    ids=["limit", "on-complete"],
)
def test_the_timer_alone_ends_the_bill_a_quarter_of_an_hour_after_the_limit(
    tmp_path: Path, config: dict[str, Any], limit: timedelta
) -> None:
    with a_site(tmp_path, "never", has_timer=True) as site:
        site.forget_events(RUN_DIED, INSTANCE_CHANGED)
        started = site.start_training("timed", **config)
        launched_at = site.launched_at(started)
        site.stop(started.execution_arn)
        site.cut_off_machines()
        took = site.wait_until_off(started) - launched_at
        assert limit < took <= limit + timedelta(minutes=15, seconds=SAVE_SECONDS + 60)


def test_the_reaper_wakes_a_run_that_missed_the_end_of_its_machine(tmp_path: Path) -> None:
    with a_site(tmp_path, "rate(1 hour)", has_timer=False) as site:
        site.forget_events(RUN_DIED, INSTANCE_CHANGED)
        started = site.start_training("slept")
        # By then it sleeps for more than a day.
        site.pass_time(timedelta(hours=20))
        site.terminate(started)
        lost_at = site.clock.now()
        site.clock.run_while(lambda: site.deployed.is_running(started))
        assert site.clock.now() - lost_at <= timedelta(hours=1, minutes=10)
        ended = site.deployed.end_of(started)
        assert (ended.outcome["reason"], ended.left) == ("INSTANCE_LOST", [])
