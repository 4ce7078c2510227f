"""A container of AWS Batch with Parris's bootstrap, which fetches the runner, by the clock."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from embedded_aws.batch_container import TASKS_SERVICE, BatchTask
from embedded_aws.container import Container
from embedded_aws.context import current
from embedded_aws.object_watch import watch_objects
from parris.targets.batch.request import BOOTSTRAP_VARIABLE
from parris_cli.rehearsal.simulation.job_folder import JobFolder, MachineRole
from parris_cli.rehearsal.simulation.runner_files import ScriptEnd
from parris_cli.rehearsal.simulation.simulated_container import SimulatedContainer
from parris_cli.rehearsal.simulation.simulated_runner import BY_SIGNAL, SimulatedRunner
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining

_SIGTERM_CODE, _SIGKILL_CODE = 143, 137
# Until the bootstrap looks for the runner the first time.
_START_SECONDS = 2.0
# As in templates/runner/runner_stop_request.py and runner_stop.py.
_STOP_REQUEST, _POLL_SECONDS = "stop.json", 10.0
_UPLOAD_SECONDS, _REPORT_SECONDS = 300.0, 30.0
# As in templates/runner/runner_container.py and runner_stop.py.
_KILLED_AFTER_SECONDS, _FIXED_GRACE_SHARE, _FIXED_REPORT_SHARE = 30.0, 0.4, 0.25


class _Phase(StrEnum):
    OFF = "off"
    ON = "on"
    HUNG = "hung"


class SimulatedTask:
    """One container: an `embedded_aws.container.SimulatedContainer`.

    Args:
        task: what runs.
        training: what its script does.
        when_off: called whenever it has ended.
    """

    def __init__(
        self, task: BatchTask, training: SimulatedTraining, when_off: Callable[[], None]
    ) -> None:
        """Do nothing before `start`."""
        self._when_off = when_off
        context = current()
        self._clock = context.clock
        # The bootstrap's arguments: bucket, Region, and how long it waits.
        bucket, region, self._wait_seconds = task.command[-3:]
        role = MachineRole(lambda: task.job_role_arn, TASKS_SERVICE, task.task_id, region)
        self._folder = JobFolder(role, bucket)
        self._changing = threading.RLock()
        self._runner = SimulatedRunner(self._folder, training, self._changing, self._note_end)
        self._phase = _Phase.OFF
        self._plans: list[Callable[[], None]] = []
        self._on_exit: Callable[[int], None] = lambda code: None
        self._started_at = self._clock.now()
        self._context = context

    def start(self, on_exit: Callable[[int], None]) -> None:
        """Start the bootstrap."""
        with self._changing:
            self._on_exit = on_exit
            self._started_at = self._clock.now()
            self._phase = _Phase.ON
            self._plans.append(watch_objects(self._context, self._note_object))
            self._plan(_START_SECONDS, self._begin)

    def ask_stop(self) -> None:
        """Send SIGTERM: the script saves in what is left until SIGKILL."""
        with self._changing:
            if self._phase is not _Phase.ON:
                return
            if self._runner.is_at_work:
                left_seconds = _KILLED_AFTER_SECONDS * (1 - _FIXED_REPORT_SHARE)
                self._runner.stop(
                    BY_SIGNAL,
                    _KILLED_AFTER_SECONDS * _FIXED_GRACE_SHARE,
                    self._clock.now().timestamp() + left_seconds,
                )
                return
        # Not within the lock, which the caller of on_exit may need.
        self._exit(_SIGTERM_CODE)

    def kill(self) -> None:
        """Send SIGKILL."""
        self._exit(_SIGKILL_CODE)

    def hang(self) -> None:
        """Do nothing from now on, not even on SIGTERM."""
        with self._changing:
            if self._phase is _Phase.ON:
                self._enter(_Phase.HUNG)

    def close(self) -> None:
        """Cancel everything that it has planned."""
        with self._changing:
            self._enter(_Phase.OFF)

    def read_log(self, start: int = 0) -> bytes:
        """Return the notes of bootstrap and runner; the script's output goes to the job's log."""
        notes = [line for line in self._runner.lines if line.startswith("parris:")]
        return "".join(f"{line}\n" for line in notes).encode()[start:]

    def _begin(self) -> None:
        """Simulate the bootstrap, which becomes the runner."""
        try:
            seconds = float(self._wait_seconds)
            self._folder.wait_for("runner.zip", seconds, lambda: self._phase is _Phase.ON)
            if self._phase is not _Phase.ON:
                return
            self._runner.start(self._started_at.timestamp())
        except Exception as error:  # whatever it is: a container that cannot train ends
            self._runner.say(f"parris: the runner could not be started: {error}")
            self._exit(1)

    def _note_object(self, bucket: str, key: str) -> None:
        """Let the runner find a stop request at its next poll."""
        if not self._folder.is_steering(bucket, key, _STOP_REQUEST):
            return
        with self._changing:
            if self._phase is not _Phase.ON:
                return
            here: timedelta = self._clock.now() - self._started_at
            polls = math.floor(here.total_seconds() / _POLL_SECONDS) + 1
            self._plan(polls * _POLL_SECONDS - here.total_seconds(), self._find_request)

    def _find_request(self) -> None:
        with self._changing:
            if self._phase is not _Phase.ON:
                return
            if not self._runner.is_at_work:
                self._plan(_POLL_SECONDS, self._find_request)
                return
            left_seconds = self._runner.grace_seconds + _UPLOAD_SECONDS - _REPORT_SECONDS
            self._runner.stop(BY_SIGNAL, upload_until=self._clock.now().timestamp() + left_seconds)

    def _note_end(self, end: ScriptEnd) -> None:
        """End with the script's exit status when the runner has ended."""
        self._exit(1 if end.exit_status is None else end.exit_status)

    def _exit(self, code: int) -> None:
        with self._changing:
            is_ending_by_itself = code != _SIGKILL_CODE
            if self._phase is _Phase.OFF or (is_ending_by_itself and self._phase is _Phase.HUNG):
                return
            self._enter(_Phase.OFF)
        self._when_off()
        self._on_exit(code)

    def _enter(self, phase: _Phase) -> None:
        """Change to a phase in which nothing happens; what was planned is cancelled."""
        for cancel in self._plans:
            cancel()
        self._plans = []
        self._phase = phase
        self._runner.halt()

    def _plan(self, after_seconds: float, action: Callable[[], None]) -> None:
        timestamp = self._clock.now() + timedelta(seconds=after_seconds)
        self._plans.append(self._clock.call_at(timestamp, action))


class SimulatedTasks:
    """Makes containers that train in the time of the embedded AWS, for `Settings.batch_containers`.

    Args:
        training: what the script of each container does.
    """

    runs_processes = False

    def __init__(self, training: SimulatedTraining) -> None:
        """Simulate this training."""
        self.training = training
        self.when_off: Callable[[], None] = lambda: None
        """Called whenever one of the containers has ended."""

    def make_container(self, task: BatchTask, folder: Path) -> Container:
        """Return the simulated container of one attempt, which has not started."""
        # Without the bootstrap the image's own command runs.
        if BOOTSTRAP_VARIABLE in task.environment:
            return SimulatedTask(task, self.training, lambda: self.when_off())
        # The name of a Batch job is that of its job, and a digest.
        training = self.training.of(task.job_name.rpartition("-")[0])
        return SimulatedContainer(training, folder, lambda: self.when_off())
