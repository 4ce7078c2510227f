"""The simulated script of a training container: it trains, checkpoints, saves and resumes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from parris_cli.rehearsal.simulation.simulated_container import (
    CHECKPOINT_SECONDS,
    SimulatedContainer,
    SimulatedContainers,
)
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOUR_SECONDS = 3600.0
BEGIN = datetime(2031, 5, 1, tzinfo=UTC)
TRAINING = SimulatedTraining(10 * HOUR_SECONDS, exit_code=3, save_seconds=20)


class Host:
    """One host of a job, and the exits of its containers with their times."""

    def __init__(self, clock: VirtualClock, folder: Path) -> None:
        self.clock = clock
        self.folder = folder
        self.exits: list[tuple[int, float]] = []
        self.offs = 0
        self._began_at = clock.now()

    def start(self, training: SimulatedTraining = TRAINING) -> SimulatedContainer:
        driver = SimulatedContainers(training)
        driver.when_off = self._count_off
        request = {"TrainingJobName": "iris-0123456789abcdef"}
        container = driver.make_container(request, "algo-1", self.folder)
        container.start(self._note_exit)
        return container

    def pass_seconds(self, seconds: float) -> None:
        self.clock.run_until(self.clock.now() + timedelta(seconds=seconds))

    def _count_off(self) -> None:
        self.offs += 1

    def _note_exit(self, code: int) -> None:
        self.exits.append((code, (self.clock.now() - self._began_at).total_seconds()))


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualClock]:
    clock = VirtualClock(BEGIN)
    with EmbeddedAws(Settings(), folder=tmp_path_factory.mktemp("aws") / "aws", clock=clock):
        yield clock


@pytest.fixture
def host(clock: VirtualClock, tmp_path: Path) -> Host:
    return Host(clock, tmp_path)


def test_a_script_ends_by_itself_with_its_exit_code_and_a_model(host: Host) -> None:
    container = host.start()
    host.pass_seconds(11 * HOUR_SECONDS)
    assert host.exits == [(3, 10 * HOUR_SECONDS)]
    assert host.offs == 1
    assert (host.folder / "model" / "model.json").exists()
    lines = container.read_log().decode().splitlines()
    assert lines == ["simulated: training", "simulated: trained, step=1 loss=0.5"]


def test_a_script_saves_on_sigterm_and_exits_with_0(host: Host) -> None:
    container = host.start()
    host.pass_seconds(1000)
    container.ask_stop()
    assert host.exits == []
    host.pass_seconds(100)
    assert host.exits == [(0, 1020)]
    assert (host.folder / "model" / "model.json").exists()


@pytest.mark.parametrize(
    ("ends", "trained_seconds"), [("stopped", 1000), ("killed", 3 * CHECKPOINT_SECONDS)]
)
def test_the_next_container_continues_from_the_checkpoint(
    host: Host, ends: str, trained_seconds: float
) -> None:
    first = host.start()
    host.pass_seconds(1000)
    if ends == "stopped":
        first.ask_stop()
        host.pass_seconds(20)
    else:
        first.kill()
    assert [code for code, _ in host.exits] == [0 if ends == "stopped" else 137]
    began_after = host.exits[0][1]

    second = host.start()
    host.pass_seconds(11 * HOUR_SECONDS)

    assert host.exits[1] == (3, began_after + 10 * HOUR_SECONDS - trained_seconds)
    assert b"from a checkpoint" in second.read_log()


def test_a_script_that_is_killed_while_it_saves_leaves_no_model(host: Host) -> None:
    container = host.start(SimulatedTraining(HOUR_SECONDS, save_seconds=200))
    container.ask_stop()
    host.pass_seconds(120)
    container.kill()
    host.pass_seconds(2 * HOUR_SECONDS)
    assert host.exits == [(137, 120)]
    assert not (host.folder / "model").exists()


def test_a_container_that_hangs_ends_only_when_it_is_killed(host: Host) -> None:
    container = host.start()
    container.hang()
    host.pass_seconds(11 * HOUR_SECONDS)
    container.ask_stop()
    host.pass_seconds(HOUR_SECONDS)
    assert host.exits == []
    container.kill()
    assert [code for code, _ in host.exits] == [137]


def test_a_container_that_is_closed_reports_nothing(host: Host) -> None:
    container = host.start()
    container.close()
    host.pass_seconds(11 * HOUR_SECONDS)
    container.kill()
    assert (host.exits, host.offs) == ([], 0)


def test_a_job_can_have_a_training_of_its_own(host: Host) -> None:
    own = SimulatedTraining(60)
    host.start(SimulatedTraining(10 * HOUR_SECONDS, of_jobs={"iris": own}))
    host.pass_seconds(HOUR_SECONDS)
    assert host.exits == [(0, 60)]
