"""What could not be verified is kept for a week, then deleted; what a person keeps stays."""

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
from parris_cli.starting.start_job import StartedJob
from tests.end_to_end.site import Site

pytestmark = pytest.mark.long

SETTINGS = Settings(
    shared_imports=SHARED_IMPORTS,
    stack_create_seconds=30,
    stack_delete_seconds=60,
    # Without limits on the machine, the workflow stops it and verifies what was saved.
    instances=SimulatedInstances(
        SimulatedTraining(30 * 24 * 3600, boot_seconds=40, keeps_limits=False, has_timer=False)
    ),
)
AN_HOUR: dict[str, Any] = {
    "termination_method": "at-fixed-time",
    "termination_options": {"time-limit": 1},
}


def kept_of(site: Site, started: StartedJob) -> dict[str, str]:
    return {one["kind"]: one["state"] for one in site.deployed.left_of(started)}


def test_the_reaper_deletes_what_was_kept_for_a_week_and_leaves_what_is_kept_for_ever(
    tmp_path: Path,
) -> None:
    clock = VirtualClock(datetime(2031, 5, 1, tzinfo=UTC))
    (tmp_path / "jobs").mkdir()
    with EmbeddedAws(
        SETTINGS, folder=tmp_path / "aws", clock=clock, snapshots=snapshots_folder()
    ) as aws:
        site = Site(aws, clock, tmp_path / "jobs", "rate(1 day)")
        unsaved = site.start_training("unsaved", **AN_HOUR)
        requested = site.start_training("requested", on_termination="stop-instance", **AN_HOUR)
        # What they have on their disks cannot be saved any more.
        site.cut_off_machines()
        clock.run_while(lambda: site.deployed.is_running(unsaved))
        clock.run_while(lambda: site.deployed.is_running(requested))
        assert kept_of(site, unsaved)["instance"] == "stopped"
        site.pass_time(timedelta(days=6))
        assert kept_of(site, unsaved)["instance"] == "stopped"
        site.pass_time(timedelta(days=2))
        assert kept_of(site, unsaved) == {}
        assert kept_of(site, requested)["instance"] == "stopped"
        assert (site.held_names(), site.unfinished_cleanups()) == ([], [])
