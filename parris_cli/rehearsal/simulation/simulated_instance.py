"""An instance without processes: it boots, trains, saves and shuts down by the clock."""

import base64
import json
import math
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from embedded_aws.context import current
from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import faults
from embedded_aws.instances.errors import NotModelledError
from parris_cli.rehearsal.simulation.heartbeat import Heartbeat
from parris_cli.rehearsal.simulation.job_folder import JobFolder
from parris_cli.rehearsal.simulation.runner_files import (
    ScriptEnd,
    exit_report,
    results_manifest,
    started,
)
from parris_cli.rehearsal.simulation.runner_limits import (
    RunnerLimit,
    earliest_limit,
    runner_module,
)
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.rehearsal.simulation.user_data import read_user_data

_BY_SCRIPT, _BY_SIGNAL, _BY_INTERRUPTION = "script", "signal", "interruption"
# As in templates/runner/runner_interruption.py.
_NOTICE_LOOK_SECONDS, _INTERRUPTION_GRACE_SECONDS = 5.0, 45.0
# As in templates/runner/runner_job.py.
_DEFAULT_SYNC_INTERVAL_SECONDS = 300
# How long EC2 waits for a system that does not shut down on request; AWS documents no figure.
_FORCED_OFF_SECONDS = 300.0
_SAYS_INSTEAD_OF_BOOTING = "simulated: the system hangs before it runs its user data"
_SAYS_AT_START, _SAYS_AT_END = "simulated: training", "simulated: trained, step=1 loss=0.5"


class Phase(StrEnum):
    """What a simulated instance is doing."""

    OFF = "off"
    BOOTING = "booting"
    TRAINING = "training"
    SAVING = "saving"
    UPLOADING = "uploading"
    ENDED = "ended"
    HUNG = "hung"


class SimulatedInstance:
    """The system of one instance, on or off: an `embedded_aws.instance_driver.SimulatedSystem`.

    Args:
        instance: moto's model of the instance.
        training: what its trainer does.
        when_off: called whenever it is off.
    """

    def __init__(
        self, instance: Any, training: SimulatedTraining, when_off: Callable[[], None]
    ) -> None:
        """Do nothing before `start`."""
        self._instance = instance
        self._training = training
        self._when_off = when_off
        self._clock = current().clock
        text = base64.b64decode(str(instance.user_data)).decode("utf-8", "replace")
        self._user_data = read_user_data(text)
        self._folder = JobFolder(instance, self._user_data.bucket)
        self._job: dict[str, Any] = {}
        self._timer_at: datetime | None = None
        self._log: list[tuple[datetime, str]] = []
        self._sent_lines = 0
        self._phase = Phase.OFF
        self._is_job_over = False
        self._started_at: datetime | None = None
        self._plans: list[Callable[[], None]] = []
        self._limit: RunnerLimit | None = None
        self._heartbeat: Heartbeat | None = None
        self._changing = threading.RLock()

    def start(self, on_off: Callable[[], None]) -> None:
        """Switch it on; `on_off` is called when it is off again."""
        self._on_off = on_off
        now = self._clock.now()
        with self._changing:
            if faults().is_on(FaultKind.NEVER_BOOTS):
                # The timer is not set either: user data does that first.
                self._say(_SAYS_INSTEAD_OF_BOOTING)
                self._enter(Phase.BOOTING)
                return
            if self._timer_at is None and self._user_data.timer_seconds is not None:
                self._timer_at = now + timedelta(seconds=self._user_data.timer_seconds)
            self._enter(Phase.BOOTING)
            if not self._is_job_over:
                self._plan(self._training.boot_seconds, self._begin)

    def ask_stop(self) -> None:
        """Request a shutdown: the script saves within its grace period."""
        with self._changing:
            if self._phase is Phase.TRAINING:
                self._tell_script(_BY_SIGNAL)
            elif self._phase is Phase.BOOTING:
                self._enter(Phase.ENDED)
                self._plan(self._training.off_seconds, self._go_off)
            elif self._phase is Phase.HUNG:
                self._plan(_FORCED_OFF_SECONDS, self._go_off)

    def ask_reboot(self) -> None:
        """Refuse to reboot.

        Raises:
            NotModelledError: always.
        """
        raise NotModelledError("a simulated instance cannot be rebooted")

    def hang(self) -> None:
        """Make its system hang: nothing that was planned happens, not even its timer."""
        with self._changing:
            if self._phase is not Phase.OFF:
                self._enter(Phase.HUNG)

    def see_interruption(self) -> None:
        """Simulate the runner's next check of the interruption notice, which finds one."""
        with self._changing:
            self._plan(_NOTICE_LOOK_SECONDS, self._save_before_interruption)

    def _save_before_interruption(self) -> None:
        if self._job.get("is_spot") is True:
            self._tell_script(_BY_INTERRUPTION, _INTERRUPTION_GRACE_SECONDS)

    def kill(self) -> None:
        """End it at once, without a report of its runner, and without calling `on_off`."""
        with self._changing:
            self._enter(Phase.OFF)

    def retire(self) -> None:
        """Release nothing: there are no processes."""

    def close(self) -> None:
        """Cancel everything that it has planned."""
        self._when_off = lambda: None
        self.kill()

    def read_console(self) -> bytes:
        """Return its console output so far."""
        return "".join(f"{line}\n" for _, line in self._log).encode()

    def _begin(self) -> None:
        """Simulate the bootstrap and the start of the runner."""
        try:
            self._folder.wait_for(
                "bootstrap.sh",
                self._user_data.wait_seconds,
                lambda: self._phase is Phase.BOOTING,
            )
            if self._phase is not Phase.BOOTING:
                return
            now = self._clock.now()
            described = self._folder.read("job.json")
            self._job = json.loads(described)
            self._training = self._training.of(self._job["training_job_name"])
            source = runner_module(self._folder.read("runner.zip"), "runner_deadline.py")
            launched_at = self._instance.launch_time.replace(tzinfo=UTC).timestamp()
            limit = None
            if self._training.keeps_limits:
                limit = self._limit = earliest_limit(source, self._job, launched_at)
            if limit is not None and limit.stop_at <= now.timestamp():
                self._say(f"parris: the {limit.ended_by} passed before the script started")
                self._end(ScriptEnd(limit.ended_by, None, None, None))
                return
            self._folder.write({"started.json": started(now)})
            self._begin_heartbeat()
        except Exception as error:  # whatever it is: a machine that cannot train shuts down
            self._say(f"parris: the bootstrap did not start the trainer: {error}")
            self._plan_off(Phase.BOOTING)
            return
        self._say(f"parris: starting {self._job['script']['filename'].rpartition('/')[2]}")
        self._say(_SAYS_AT_START)
        self._send_log()
        with self._changing:
            if self._phase is not Phase.BOOTING:
                return
            self._started_at = now
            self._enter(Phase.TRAINING)
            if limit is not None:
                starts_at = limit.save_starts_at(now.timestamp(), self._training.upload_seconds)
                self._plan(starts_at - now.timestamp(), lambda: self._tell_script(limit.ended_by))
            self._plan(self._training.takes_seconds, self._end_by_itself)

    def _begin_heartbeat(self) -> None:
        seconds = self._job.get("sync_interval_seconds", _DEFAULT_SYNC_INTERVAL_SECONDS)
        self._heartbeat = Heartbeat(self._clock.now, timedelta(seconds=seconds))
        self._folder.write_heartbeat(self._heartbeat)

    def _end_by_itself(self) -> None:
        self._end(ScriptEnd(_BY_SCRIPT, self._training.exit_code, None, self._started_at))

    def _tell_script(self, ended_by: str, longest_grace_seconds: float = math.inf) -> None:
        grace_seconds = min(float(self._job["save_grace_seconds"]), longest_grace_seconds)
        with self._changing:
            if self._phase is not Phase.TRAINING:
                return
            self._enter(Phase.SAVING)
            self._say(
                f"parris: stopping the script ({ended_by}), at most {grace_seconds:g} s to save"
            )
            is_killed = self._training.save_seconds > grace_seconds
            status, signal = (None, "SIGKILL") if is_killed else (0, None)
            end = ScriptEnd(ended_by, status, signal, self._started_at)
            self._plan(min(self._training.save_seconds, grace_seconds), lambda: self._end(end))

    def _end(self, end: ScriptEnd) -> None:
        """Simulate the runner when the script has ended: report it, and upload the results."""
        with self._changing:
            if self._phase in (Phase.OFF, Phase.ENDED, Phase.UPLOADING):
                return
            self._enter(Phase.UPLOADING)
            self._is_job_over = True
        now = self._clock.now()
        if self._heartbeat is not None:
            self._heartbeat.end_script()
        if end.started_at is not None:
            self._say(_SAYS_AT_END)
        last_lines = [line for _, line in self._log if not line.startswith("parris:")]
        self._say(
            f"parris: ended by {end.ended_by}, exit status {end.exit_status}, signal {end.signal}"
        )
        upload_seconds = self._training.upload_seconds if end.started_at is not None else 0.0
        left_seconds = math.inf
        if self._limit is not None:
            left_seconds = max(0.0, self._limit.upload_until - now.timestamp())
        is_complete = upload_seconds <= left_seconds
        if upload_seconds > 0:  # else the final report follows at once
            report = exit_report(end, now, last_lines, is_final=False, is_complete=False)
            self._write({"log.txt": self.read_console().decode(), "exit.json": report})
        self._plan_within(
            Phase.UPLOADING,
            min(upload_seconds, left_seconds),
            lambda: self._finish(end, now, last_lines, is_complete=is_complete),
        )

    def _finish(
        self, end: ScriptEnd, ended_at: datetime, last_lines: list[str], *, is_complete: bool
    ) -> None:
        """Simulate the runner when the upload has ended: report it, then shut down."""
        with self._changing:
            if self._phase is not Phase.UPLOADING:
                return
            self._enter(Phase.ENDED)
        if is_complete:
            self._say("parris: saved 0 results, 0 bytes")
        else:
            self._say("parris: the results could not be saved completely")
        self._send_log()
        self._write(
            {
                "results-manifest.json": results_manifest(
                    self._clock.now(), is_complete=is_complete
                ),
                "log.txt": self.read_console().decode(),
                "exit.json": exit_report(
                    end, ended_at, last_lines, is_final=True, is_complete=is_complete
                ),
            }
        )
        self._plan_off(Phase.ENDED)

    def _write(self, files: dict[str, str]) -> None:
        until = None
        if self._limit is not None:
            until = datetime.fromtimestamp(self._limit.off_at, UTC)
        try:
            self._folder.write(files, until)
        except Exception as error:  # the machine shuts down all the same
            self._say(f"parris: exit.json could not be written: {error}")

    def _plan_off(self, phase: Phase) -> None:
        self._plan_within(phase, self._training.off_seconds, self._go_off)

    def _plan_within(self, phase: Phase, after_seconds: float, action: Callable[[], None]) -> None:
        """Plan it, unless the phase was left (ended, started anew) while AWS calls were retried."""
        with self._changing:
            if self._phase is phase:
                self._plan(after_seconds, action)

    def _go_off(self) -> None:
        with self._changing:
            if self._phase is Phase.OFF:
                return
            self._enter(Phase.OFF)
        self._on_off()

    def _enter(self, phase: Phase) -> None:
        """Change to a phase; what was planned in the last one is cancelled."""
        for cancel in self._plans:
            cancel()
        self._plans = []
        self._phase = phase
        if phase in (Phase.OFF, Phase.ENDED, Phase.HUNG) and self._heartbeat is not None:
            self._heartbeat.end()
        if phase is Phase.OFF:
            self._when_off()
        is_on = phase in (Phase.BOOTING, Phase.TRAINING)
        if is_on and self._timer_at is not None and self._training.has_timer:
            self._plans.append(self._clock.call_at(self._timer_at, self.ask_stop))

    def _plan(self, after_seconds: float, action: Callable[[], None]) -> None:
        timestamp = self._clock.now() + timedelta(seconds=after_seconds)
        self._plans.append(self._clock.call_at(timestamp, action))

    def _say(self, line: str) -> None:
        self._log.append((self._clock.now(), line))

    def _send_log(self) -> None:
        lines, self._sent_lines = self._log[self._sent_lines :], len(self._log)
        self._folder.send_log(self._job["log_group"], self._job["log_stream"], lines)
