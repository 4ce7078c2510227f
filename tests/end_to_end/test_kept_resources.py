"""What is kept goes when its time is over; what CloudFormation will not delete goes, too."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.arm_faults import arm
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.fault_injection.fault import Fault, FaultKind
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.project_files import snapshots_folder
from parris_cli.rehearsal.simulation.driver import SimulatedInstances
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.starting.start_job import StartedJob
from tests.end_to_end.site import Site

pytestmark = pytest.mark.long

DEPLOYED_AT = datetime(2031, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SETTINGS = Settings(
    shared_imports=SHARED_IMPORTS,
    stack_create_seconds=30,
    stack_delete_seconds=60,
    instances=SimulatedInstances(
        SimulatedTraining(
            takes_seconds=300 * 24 * 3600,
            of_jobs={"quick": SimulatedTraining(takes_seconds=2 * 3600)},
        )
    ),
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    clock = VirtualClock(DEPLOYED_AT)
    with EmbeddedAws(
        SETTINGS, folder=tmp_path / "aws", clock=clock, snapshots=snapshots_folder()
    ) as aws:
        (tmp_path / "jobs").mkdir()
        yield Site(aws, clock, tmp_path / "jobs", "rate(1 day)")


def kinds_left(site: Site, started: StartedJob) -> dict[str, str]:
    return {one["kind"]: one["state"] for one in site.deployed.left_of(started)}


def test_unsaved_results_are_kept_for_seven_days_with_a_notification_and_requested_ones_stay(
    site: Site,
) -> None:
    requested = site.start_training("requested", on_termination="stop-instance")
    unsaved = site.start_training("unsaved")
    site.cut_off_machines()
    for started in (requested, unsaved):
        site.stop(started.execution_arn)
    site.pass_time(timedelta(hours=1))

    assert kinds_left(site, unsaved)["instance"] == "stopped"
    record = site.record_of(unsaved)
    assert "could not be verified" in record["outcome"]["cause"]
    assert record["cleanup"]["keep_until"].startswith("2031-05-08")
    site.pass_time(6 * DAY)
    assert kinds_left(site, unsaved)["instance"] == "stopped"

    site.pass_time(2 * DAY + timedelta(hours=1))
    assert kinds_left(site, unsaved) == {}
    assert "the kept resources expired" in site.record_of(unsaved)["outcome"]["cause"]
    site.pass_time(30 * DAY)
    assert kinds_left(site, requested)["instance"] == "stopped"
    assert site.record_of(requested)["cleanup"]["keep_until"] == "always"
    assert site.unfinished_cleanups() == []


def test_a_machine_that_switched_itself_off_before_it_could_save_keeps_its_volume(
    site: Site,
) -> None:
    started = site.start_training("quick")
    site.cut_off_machines()
    site.pass_time(timedelta(hours=3))

    assert kinds_left(site, started) == {"volume": "available"}
    record = site.record_of(started)
    assert "could not be verified" in record["outcome"]["cause"]
    assert record["cleanup"]["keep_until"].startswith("2031-05-08")
    site.pass_time(8 * DAY)
    assert kinds_left(site, started) == {}


@pytest.mark.parametrize(("failures", "most_minutes"), [(1, 5), (4, 20)])
def test_a_deletion_that_fails_is_tried_again_then_forced_and_leaves_nothing(
    site: Site, failures: int, most_minutes: int
) -> None:
    started = site.start_training("stuck")
    now: Any = site.clock.now()
    arm([Fault(FaultKind.DELETE_FAILED, timedelta(0))] * failures, now)
    site.stop(started.execution_arn)
    site.pass_time(timedelta(minutes=most_minutes))
    ended = site.deployed.end_of(started)
    assert (ended.outcome["reason"], ended.left) == ("ABORTED", [])
    assert (site.held_names(), site.unfinished_cleanups()) == ([], [])
