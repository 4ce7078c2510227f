"""A training server without processes: it sleeps, takes the job that is handed over, and trains.

templates/ec2-server/server_service.py is the real service.
"""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from embedded_aws.context import current
from embedded_aws.instances.errors import NotModelledError
from embedded_aws.local_instance.instance_metadata import role_of_instance
from embedded_aws.object_watch import watch_objects
from parris.timestamps import parse_timestamp
from parris_cli.rehearsal.simulation.attempt_role import AttemptRole
from parris_cli.rehearsal.simulation.job_folder import JobFolder, MachineRole
from parris_cli.rehearsal.simulation.runner_files import ScriptEnd
from parris_cli.rehearsal.simulation.server_place import ServerPlace
from parris_cli.rehearsal.simulation.simulated_runner import BY_SIGNAL, SimulatedRunner
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining

_POLL_SECONDS = 5.0
# The service polls as often while something fails. Of a failure that lasts for days, polls would
# cost a virtual clock millions of steps.
_LONGEST_PAUSE_SECONDS = 300.0
# As in templates/runner/runner_stop_request.py and runner_stop.py.
_STOP_REQUEST, _REQUEST_POLL_SECONDS = "stop.json", 10.0
_UPLOAD_SECONDS, _REPORT_SECONDS = 300.0, 30.0
# How long EC2 waits for a system that does not shut down on request; AWS documents no figure.
_FORCED_OFF_SECONDS = 300.0
_EXITED, _KILLED, _DEADLINE = "exited", "killed", "deadline"
_NOT_STARTED, _SERVER_RESTARTED = "not-started", "server-restarted"


class _Phase(StrEnum):
    OFF = "off"
    ON = "on"
    ENDED = "ended"
    HUNG = "hung"


class TrainingDriver(Protocol):
    """What makes servers. It outlives many jobs, each with a training of its own."""

    training: SimulatedTraining
    when_off: Callable[[], None]


@dataclass(slots=True)
class _Attempt:
    """The attempt that the server has taken; `how` says how it ended, empty before that."""

    job: dict[str, Any]
    folder: JobFolder
    runner: SimulatedRunner
    taken_at: datetime
    is_started: bool = False
    is_to_save: bool = False
    is_late: bool = False
    how: str = ""

    @property
    def machine_id(self) -> str:
        return str(self.job["machine_id"])

    @property
    def gone_at(self) -> datetime:
        return parse_timestamp(self.job["gone_at"])

    def is_of(self, job: dict[str, Any] | None) -> bool:
        return job is not None and job["machine_id"] == self.machine_id


class SimulatedServer:
    """The system of one server, on or off: an `embedded_aws.instance_driver.SimulatedSystem`.

    Args:
        instance: moto's model of the instance.
        bucket: the training bucket that it has joined.
        driver: what made it.
    """

    def __init__(self, instance: Any, bucket: str, driver: TrainingDriver) -> None:
        """Do nothing before `start`."""
        self._driver = driver
        self._context = current()
        self._clock = self._context.clock
        self._bucket, self._region = bucket, instance.region_name
        role = MachineRole(
            lambda: role_of_instance(instance)[1], "ec2.amazonaws.com", instance.id, self._region
        )
        self._place = ServerPlace(role, bucket, instance.id)
        self._changing = threading.RLock()
        self._phase = _Phase.OFF
        self._plans: list[Callable[[], None]] = []
        self._is_set_up = self._is_stepping = False
        self._failures = 0
        self._current: _Attempt | None = None
        self._latest: _Attempt | None = None
        self._ended: set[str] = set()
        self._lines: list[str] = []

    def start(self, on_off: Callable[[], None]) -> None:
        """Switch it on; `on_off` is called when it is off again."""
        with self._changing:
            self._on_off = on_off
            self._enter(_Phase.ON)
            boot_seconds = self._driver.training.boot_seconds
            if not self._is_set_up:
                self._is_set_up = True
                self._plan(boot_seconds, self._shut_down)
                return
            self._plan(boot_seconds, self._serve)

    def ask_stop(self) -> None:
        """Request a shutdown: the job saves within its grace period."""
        with self._changing:
            if self._phase is _Phase.HUNG:
                self._plan(_FORCED_OFF_SECONDS, self._go_off)
            elif self._phase is _Phase.ON:
                self._shut_down()

    def ask_reboot(self) -> None:
        """Refuse to reboot.

        Raises:
            NotModelledError: always.
        """
        raise NotModelledError("a simulated server cannot be rebooted")

    def hang(self) -> None:
        """Make its system hang: nothing that was planned happens, not even its timer."""
        with self._changing:
            if self._phase is not _Phase.OFF:
                self._enter(_Phase.HUNG)

    def see_interruption(self) -> None:
        """Do nothing: a server is no spot instance."""

    def kill(self) -> None:
        """End it at once, without a report, and without calling `on_off`."""
        with self._changing:
            self._enter(_Phase.OFF)

    def retire(self) -> None:
        """Release nothing: there are no processes."""

    def close(self) -> None:
        """Cancel everything that it has planned."""
        with self._changing:
            self._enter(_Phase.OFF)

    def read_console(self) -> bytes:
        """Return its console output so far."""
        current_lines = [] if self._current is None else self._current.runner.lines
        return "".join(f"{line}\n" for line in (*self._lines, *current_lines)).encode()

    def _serve(self) -> None:
        """Begin to poll. A job that ran when the server went off is over."""
        with self._changing:
            if self._phase is not _Phase.ON:
                return
            self._plans.append(watch_objects(self._context, self._note_object))
            if self._current is not None and not self._current.how:
                self._current.how = _SERVER_RESTARTED
        self._step()

    def _step(self) -> None:
        """Poll once, and again as long as that is needed; the next time repeats what failed."""
        with self._changing:
            if self._phase is not _Phase.ON:
                return
            is_busy, self._is_stepping = self._is_stepping, True
        if is_busy:
            self._plan_step()
            return
        try:
            is_settled = self._settle()
            self._failures = 0
        except Exception as error:  # the service tries again, whatever it is
            self._lines.append(f"parris: tries again: {error}")
            is_settled = False
            self._failures += 1
        finally:
            self._is_stepping = False
        if not is_settled:
            self._plan_step()

    def _settle(self) -> bool:
        """Report, end and take what is there to be, and return whether only an event needs more."""
        attempt = self._current
        if attempt is not None and not attempt.how:
            if attempt.is_of(self._place.read_job()):
                if not attempt.is_started:
                    self._start(attempt)
                return not (attempt.is_to_save or attempt.how)
            attempt.runner.halt()
            attempt.how = _KILLED
        if attempt is not None:
            self._place.report_end(attempt.machine_id, attempt.how)
            self._lines += attempt.runner.lines
            self._ended.add(attempt.machine_id)
            self._current = None
        job = self._place.read_job()
        if job is None or job["machine_id"] in self._ended:
            return True
        self._current = self._latest = self._attempt_of(job)
        return False

    def _attempt_of(self, job: dict[str, Any]) -> _Attempt:
        def make_sts() -> Any:
            return self._place.client("sts")

        role = AttemptRole(make_sts, job["role_arn"], job["role_session_name"], self._region)
        folder = JobFolder(role, self._bucket)
        training = self._driver.training
        runner = SimulatedRunner(folder, training, self._changing, self._note_end)
        attempt = _Attempt(job, folder, runner, self._clock.now())
        with self._changing:
            self._plans.append(
                self._clock.call_at(attempt.gone_at, lambda: self._end_by_timer(attempt))
            )
        return attempt

    def _start(self, attempt: _Attempt) -> None:
        """Accept the attempt, and start its runner unless it was released meanwhile."""
        self._place.acknowledge(attempt.machine_id)
        if attempt.gone_at <= self._clock.now() or not attempt.is_of(self._place.read_job()):
            attempt.how = _NOT_STARTED
            return
        attempt.is_started = True
        try:
            attempt.runner.start(parse_timestamp(attempt.job["launched_at"]).timestamp())
        except Exception:
            attempt.is_started = False
            raise

    def _end_by_timer(self, attempt: _Attempt) -> None:
        """End the job at its deadline, and switch the server off if the job has started it.

        The second also if the job is over: then nobody else could.
        """
        with self._changing:
            is_replaced = self._latest is not attempt
            has_timer = attempt.runner.training.has_timer
            if self._phase is not _Phase.ON or is_replaced or not has_timer:
                return
            attempt.is_late = not attempt.how
            if attempt.job["is_server_to_stop"]:
                self._shut_down()
            elif attempt.runner.is_at_work and not attempt.how:
                attempt.runner.stop(BY_SIGNAL)

    def _note_object(self, bucket: str, key: str) -> None:
        """Find at the next poll what was handed over, or a request to stop."""
        with self._changing:
            attempt = self._current
            if self._place.is_handover(bucket, key):
                self._plan_step()
            elif attempt is not None and attempt.folder.is_steering(bucket, key, _STOP_REQUEST):
                here: timedelta = self._clock.now() - attempt.taken_at
                polls = math.floor(here.total_seconds() / _REQUEST_POLL_SECONDS) + 1
                self._plan(polls * _REQUEST_POLL_SECONDS - here.total_seconds(), self._find_request)

    def _find_request(self) -> None:
        with self._changing:
            attempt = self._current
            if attempt is None or attempt.how:
                return
            if not attempt.runner.is_at_work:
                self._plan(_REQUEST_POLL_SECONDS, self._find_request)
                return
            # From now on the job may be withdrawn, which no event reports.
            attempt.is_to_save = True
            runner, now = attempt.runner, self._clock.now().timestamp()
            left_seconds = runner.grace_seconds + _UPLOAD_SECONDS - _REPORT_SECONDS
            runner.stop(BY_SIGNAL, upload_until=now + left_seconds)
            self._plan_step()

    def _note_end(self, end: ScriptEnd) -> None:
        """Report the end, or go off if the server is shutting down."""
        with self._changing:
            attempt = self._current
            if attempt is not None:
                attempt.how = attempt.how or (_DEADLINE if attempt.is_late else _EXITED)
            if self._phase is _Phase.ENDED:
                self._plan(self._driver.training.off_seconds, self._go_off)
            elif self._phase is _Phase.ON:
                self._plan(0, self._step)

    def _shut_down(self) -> None:
        """Shut down; a job that runs may save first."""
        with self._changing:
            if self._phase is not _Phase.ON:
                return
            self._enter(_Phase.ENDED)
            attempt = self._current
            if attempt is not None and attempt.runner.is_at_work and not attempt.how:
                attempt.runner.stop(BY_SIGNAL)
            else:
                self._plan(self._driver.training.off_seconds, self._go_off)

    def _go_off(self) -> None:
        with self._changing:
            if self._phase is _Phase.OFF:
                return
            self._enter(_Phase.OFF)
        self._driver.when_off()
        self._on_off()

    def _enter(self, phase: _Phase) -> None:
        """Change to a phase; what was planned in the last one is cancelled."""
        for cancel in self._plans:
            cancel()
        self._plans = []
        self._phase = phase
        if phase in (_Phase.OFF, _Phase.HUNG) and self._current is not None:
            self._current.runner.halt()

    def _plan_step(self) -> None:
        with self._changing:
            if self._phase is _Phase.ON:
                seconds = _POLL_SECONDS * 2 ** min(self._failures, 10)
                self._plan(min(seconds, _LONGEST_PAUSE_SECONDS), self._step)

    def _plan(self, after_seconds: float, action: Callable[[], None]) -> None:
        timestamp = self._clock.now() + timedelta(seconds=after_seconds)
        self._plans.append(self._clock.call_at(timestamp, action))
