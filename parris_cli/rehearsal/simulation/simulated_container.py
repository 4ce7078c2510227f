"""A training container without processes: it trains, checkpoints and saves by the clock."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from embedded_aws.context import current
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining

CHECKPOINT_SECONDS = 300.0
"""How often a simulated script checkpoints."""

_SIGKILL_CODE = 137
_CHECKPOINT, _MODEL = "checkpoints/simulated.json", "model/model.json"
_SAYS_AT_START, _SAYS_AT_STOP = "simulated: training", "simulated: saving on SIGTERM"


class _Phase(StrEnum):
    OFF = "off"
    TRAINING = "training"
    SAVING = "saving"
    HUNG = "hung"


class SimulatedContainer:
    """One container: an `embedded_aws.container.SimulatedContainer`.

    It continues from the checkpoint that it finds. A checkpoint is written when the container ends,
    with the progress that the last regular one would have had: no timer is needed for that.

    Args:
        training: what its script does.
        ml_folder: the folder for `/opt/ml`.
        when_off: called whenever it has ended.
    """

    def __init__(
        self, training: SimulatedTraining, ml_folder: Path, when_off: Callable[[], None]
    ) -> None:
        """Do nothing before `start`."""
        self._training = training
        self._ml_folder = ml_folder
        self._when_off = when_off
        self._clock = current().clock
        self._phase = _Phase.OFF
        self._plans: list[Callable[[], None]] = []
        self._on_exit: Callable[[int], None] = lambda code: None
        self._log = ""
        self._trained_before_seconds = 0.0
        self._started_at = self._clock.now()
        self._changing = threading.RLock()

    def start(self, on_exit: Callable[[int], None]) -> None:
        """Start the script, where its last checkpoint ends."""
        with self._changing:
            self._on_exit = on_exit
            self._trained_before_seconds = self._read_checkpoint()
            self._started_at = self._clock.now()
            self._enter(_Phase.TRAINING)
            trained = self._trained_before_seconds
            self._say(f"{_SAYS_AT_START}, from a checkpoint" if trained else _SAYS_AT_START)
            left_seconds = max(self._training.takes_seconds - trained, 0.0)
            if self._training.hangs_after(self._started_at, left_seconds) is None:
                self._plan(left_seconds, lambda: self._end(self._training.exit_code))

    def ask_stop(self) -> None:
        """Send SIGTERM: the script saves, and exits with 0."""
        with self._changing:
            if self._phase is _Phase.TRAINING:
                self._write_checkpoint(self._trained_seconds())
                self._enter(_Phase.SAVING)
                self._say(_SAYS_AT_STOP)
                self._plan(self._training.save_seconds, lambda: self._end(0))

    def kill(self) -> None:
        """Send SIGKILL: only what was checkpointed stays."""
        with self._changing:
            if self._phase is _Phase.OFF:
                return
            if self._phase is _Phase.TRAINING:
                regular = self._trained_seconds() // CHECKPOINT_SECONDS * CHECKPOINT_SECONDS
                self._write_checkpoint(regular)
            self._enter(_Phase.OFF)
        self._when_off()
        self._on_exit(_SIGKILL_CODE)

    def hang(self) -> None:
        """Do nothing from now on, not even on SIGTERM."""
        with self._changing:
            if self._phase is not _Phase.OFF:
                self._enter(_Phase.HUNG)

    def close(self) -> None:
        """Cancel everything that it has planned."""
        with self._changing:
            self._enter(_Phase.OFF)

    def read_log(self, start: int = 0) -> bytes:
        """Return what its script has printed."""
        return self._log.encode()[start:]

    def _end(self, exit_code: int) -> None:
        with self._changing:
            if self._phase in (_Phase.OFF, _Phase.HUNG):
                return
            self._enter(_Phase.OFF)
            self._say(self._training.last_line)
            self._write(_MODEL, {})
        self._when_off()
        self._on_exit(exit_code)

    def _trained_seconds(self) -> float:
        here: timedelta = self._clock.now() - self._started_at
        return self._trained_before_seconds + here.total_seconds()

    def _read_checkpoint(self) -> float:
        try:
            found = json.loads((self._ml_folder / _CHECKPOINT).read_text("utf-8"))
        except OSError:
            return 0.0
        return float(found["trained_seconds"])

    def _write_checkpoint(self, trained_seconds: float) -> None:
        if trained_seconds:
            self._write(_CHECKPOINT, {"trained_seconds": trained_seconds})

    def _write(self, name: str, content: Mapping[str, float]) -> None:
        path = self._ml_folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), "utf-8")

    def _enter(self, phase: _Phase) -> None:
        """Change to a phase; what was planned in the last one is cancelled."""
        for cancel in self._plans:
            cancel()
        self._plans = []
        self._phase = phase

    def _plan(self, after_seconds: float, action: Callable[[], None]) -> None:
        at: datetime = self._clock.now() + timedelta(seconds=after_seconds)
        self._plans.append(self._clock.call_at(at, action))

    def _say(self, line: str) -> None:
        self._log += f"{line}\n"


class SimulatedContainers:
    """Makes containers that train in the time of the embedded AWS, for
    `Settings.training_containers`.

    Args:
        training: what the script of each container does.
    """

    runs_processes = False

    def __init__(self, training: SimulatedTraining) -> None:
        """Simulate this training."""
        self.training = training
        self.when_off: Callable[[], None] = lambda: None
        """Called whenever one of the containers has ended."""

    def make_container(
        self, request: Mapping[str, Any], host: str, ml_folder: Path
    ) -> SimulatedContainer:
        """Return the simulated container of a host, which has not started."""
        # A training job's name is that of its job, cut, and a digest.
        name = str(request["TrainingJobName"]).rpartition("-")[0]
        return SimulatedContainer(self.training.of(name), ml_folder, lambda: self.when_off())
