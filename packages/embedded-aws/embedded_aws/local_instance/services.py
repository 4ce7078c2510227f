"""Runs services as systemd does: start, stop with a grace period, and actions at their end."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable

from embedded_aws.local_instance.launcher import UNIT_VARIABLE, Launcher
from embedded_aws.local_instance.unit_environment import environment_of
from embedded_aws.local_instance.units import Unit
from embedded_aws.processes import find_marked, send

_DEFAULT_STOP_SECONDS = "90"
_DEFAULT_RESTART_SECONDS = "0.1"
_TICK_SECONDS = 0.05
_FAILED_TO_EXECUTE = 203


class Service:
    """One service of a machine.

    Args:
        unit: its file.
        launcher: starts its processes.
        say: writes a line to the console.
        on_end: called when it has ended, with whether it succeeded.
    """

    def __init__(
        self,
        unit: Unit,
        launcher: Launcher,
        say: Callable[[str], None],
        on_end: Callable[[Unit, bool], None],
    ) -> None:
        """Prepare; nothing runs before `start`."""
        self.unit = unit
        self._launcher = launcher
        self._say = say
        self._on_end = on_end
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopping = threading.Event()
        self._ended = threading.Event()
        self._started = threading.Event()

    @property
    def is_active(self) -> bool:
        """Whether it runs."""
        return not self._ended.is_set()

    def start(self, is_waiting: bool) -> None:
        """Start it; wait for a oneshot service when `is_waiting`."""
        self._say(f"Started {self.unit.last('Description', self.unit.name)}.")
        threading.Thread(target=self._run, daemon=True).start()
        if is_waiting and self.unit.last("Type") == "oneshot":
            self._ended.wait()
        else:
            self._started.wait()

    def stop(self) -> None:
        """End it according to KillMode and TimeoutStopSec, and wait for that."""
        self._is_stopping.set()
        timeout_name = "TimeoutStopSec" if self.unit.last("TimeoutStopSec") else "TimeoutSec"
        grace_seconds = self.unit.seconds(timeout_name, _DEFAULT_STOP_SECONDS) or float("inf")
        self._started.wait()
        if self.is_active:
            self._send_stop()
        if not self._ended.wait(min(grace_seconds, threading.TIMEOUT_MAX)):
            self._say(f"{self.unit.name}: State 'stop-sigterm' timed out. Killing.")
        while not self._ended.wait(_TICK_SECONDS):
            process = self._process
            if process is not None:
                send(process.pid, signal.SIGKILL)
        self._say(f"Stopped {self.unit.last('Description', self.unit.name)}.")

    def kill(self, number: int) -> None:
        """Send a signal to all processes of the service."""
        for pid in self._all_processes():
            send(pid, number)

    def _run(self) -> None:
        is_good = self._run_once()
        pause_seconds = self.unit.seconds("RestartSec", _DEFAULT_RESTART_SECONDS)
        while self.unit.is_restarted(is_good) and not self._is_stopping.wait(pause_seconds):
            self._say(f"{self.unit.name}: Scheduled restart job.")
            is_good = self._run_once()
        self._ended.set()
        self._started.set()
        self._on_end(self.unit, is_good)

    def _run_once(self) -> bool:
        status = 0
        for command in self.unit.commands():
            status = self._run_one(command)
            if status != 0 or self._is_stopping.is_set():
                break
        self._end_left_behind()
        is_good = status == 0 or self._is_stopping.is_set()
        if not is_good:
            self._say(f"{self.unit.name}: Main process exited, status={status}")
        return is_good

    def _run_one(self, command: list[str]) -> int:
        try:
            self._process = self._launcher.spawn(
                command,
                self.unit.name,
                environment_of(self.unit, self._launcher.root),
                self.unit.last("WorkingDirectory"),
                is_output_shown=self.unit.is_on_console("StandardOutput"),
                is_error_shown=self.unit.is_on_console("StandardError"),
            )
        except OSError as error:
            self._say(f"{self.unit.name}: Failed to execute {command[0]}: {error}")
            return _FAILED_TO_EXECUTE
        self._started.set()
        status = self._process.wait()
        self._process = None
        return status

    def _send_stop(self) -> None:
        number = signal.Signals[self.unit.last("KillSignal", "SIGTERM")]
        process = self._process
        main = set() if process is None else {process.pid}
        if self._kill_mode == "control-group":
            main |= self._all_processes()
        if self._kill_mode != "none":
            for pid in main:
                send(pid, number)

    def _end_left_behind(self) -> None:
        """End what the main process left: at once, or with a grace period if all are stopped."""
        if self._kill_mode in ("process", "none"):
            return
        if self._kill_mode == "control-group":
            for pid in self._all_processes():
                send(pid, signal.SIGTERM)
            ends_at = time.monotonic() + 5
            while self._all_processes() and time.monotonic() < ends_at:
                time.sleep(_TICK_SECONDS)
        for pid in self._all_processes():
            send(pid, signal.SIGKILL)

    def _all_processes(self) -> set[int]:
        marked = find_marked(self._launcher.unit_marker(self.unit.name), UNIT_VARIABLE)
        return marked - {os.getpid()}

    @property
    def _kill_mode(self) -> str:
        return self.unit.last("KillMode", "control-group")
