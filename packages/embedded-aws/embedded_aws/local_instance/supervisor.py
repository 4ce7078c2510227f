"""A machine's operating system, as far as user data can see it: boot, services, timers, end."""

import queue
import threading
import time
from contextlib import suppress
from pathlib import Path

from embedded_aws.local_instance.commands import Commands
from embedded_aws.local_instance.control_server import serve_commands
from embedded_aws.local_instance.description import InstanceDescription
from embedded_aws.local_instance.launcher import Launcher
from embedded_aws.local_instance.services import Service
from embedded_aws.local_instance.stand_ins import CONTROL_NAME, write_stand_ins
from embedded_aws.local_instance.timers import ArmedTimer, arm
from embedded_aws.local_instance.units import Unit, UnitError, read_unit
from embedded_aws.processes import kill_all

POWEROFF = "poweroff"
REBOOT = "reboot"
_TICK_SECONDS = 0.25
_BOOT_TARGETS = ("multi-user.target", "timers.target", "default.target")
_FOLDERS = ("etc/systemd/system", "root", "tmp", "var/lib", "var/log", "home", "opt", "run")


class Supervisor:
    """Runs one machine until it is off."""

    def __init__(self, machine: InstanceDescription) -> None:
        """Create the machine's folders and commands."""
        self._machine = machine
        self._launcher = Launcher(machine)
        self._services: dict[str, Service] = {}
        self._timers: dict[str, ArmedTimer] = {}
        self._ends: queue.Queue[str] = queue.Queue()
        self._is_told_off = threading.Event()
        self._lock = threading.RLock()
        self._is_ending = False
        for folder in _FOLDERS:
            (machine.root / folder).mkdir(parents=True, exist_ok=True)
        write_stand_ins(machine)
        serve_commands(Commands(self), machine.commands / CONTROL_NAME)

    def run(self, is_first_boot: bool) -> None:
        """Boot, and return when the machine is off and nothing of it is left."""
        while True:
            self.say("Booting.")
            self._boot(is_first_boot)
            how = self._await_end()
            self._shut_down()
            if how != REBOOT or self._is_told_off.is_set():
                self.say("Power down.")
                return
            is_first_boot = False

    def say(self, line: str) -> None:
        """Write a line of the system itself to the console."""
        stamp = time.strftime("%H:%M:%S", time.gmtime())
        with self._machine.console.open("a", encoding="utf-8") as console:
            console.write(f"[{stamp}] {line}\n")

    def end(self, how: str) -> None:
        """Power the machine off, or reboot it; returns at once."""
        self._ends.put(how)

    def end_for_good(self) -> None:
        """Power the machine off, even while it boots; returns at once."""
        self._is_told_off.set()
        self._ends.put(POWEROFF)

    def start(self, name: str, is_waiting: bool = True) -> None:
        """Start a unit by its file's name.

        Raises:
            UnitError: when there is none, or it cannot be parsed.
        """
        unit = read_unit(self._machine.units, name)
        for directive in unit.not_modelled():
            self.say(f"{name}: {directive} is not modelled here and has no effect")
        if not unit.is_wanted():
            self.say(f"{name} was skipped because of its conditions.")
        elif name.endswith(".timer"):
            self._timers[name] = arm(unit, self._machine.root / "var/lib/systemd/timers")
            self.say(f"Started {unit.last('Description', name)}.")
        else:
            self._start_service(unit, is_waiting)

    def start_transient(self, unit: Unit) -> None:
        """Start a service that has no file."""
        self._start_service(unit, is_waiting=False)

    def stop(self, name: str) -> None:
        """Stop a unit; do nothing if it is not running."""
        self._timers.pop(name, None)
        service = self._services.get(name)
        if service is not None and service.is_active:
            service.stop()

    def kill(self, name: str, number: int) -> None:
        """Send a signal to all processes of a service; do nothing if it is not running."""
        service = self._services.get(name)
        if service is not None and service.is_active:
            service.kill(number)

    def enable(self, name: str, is_on: bool) -> None:
        """Link a unit into the targets that want it, or remove the links."""
        unit = read_unit(self._machine.units, name)
        for target in unit.last("WantedBy").split():
            link = self._machine.units / f"{target}.wants" / name
            link.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                link.unlink()
            if is_on:
                link.symlink_to(self._machine.units / name)

    def is_active(self, name: str) -> bool:
        """Return whether a unit runs or waits."""
        service = self._services.get(name)
        return name in self._timers or (service is not None and service.is_active)

    def is_enabled(self, name: str) -> bool:
        """Return whether a unit starts at boot."""
        return any((self._machine.units / f"{t}.wants" / name).exists() for t in _BOOT_TARGETS)

    def _start_service(self, unit: Unit, is_waiting: bool) -> None:
        with self._lock:
            if self._is_ending or self.is_active(unit.name):
                return
            service = Service(unit, self._launcher, self.say, self._on_service_end)
            self._services[unit.name] = service
        service.start(is_waiting)

    def _on_service_end(self, unit: Unit, is_good: bool) -> None:
        action = unit.last("SuccessAction" if is_good else "FailureAction", "none")
        how = action.partition("-")[0]
        if how in (POWEROFF, REBOOT, "exit"):
            self.say(f"{unit.name}: {action}, as the unit requests at its end")
            self.end(REBOOT if how == REBOOT else POWEROFF)

    def _boot(self, is_first_boot: bool) -> None:
        with self._lock:
            self._is_ending = False
        # Requests of services that were stopped for a reboot do not apply to this boot.
        while not self._ends.empty():
            self._ends.get()
        for target in _BOOT_TARGETS:
            for link in sorted((self._machine.units / f"{target}.wants").glob("*")):
                try:
                    self.start(link.name, is_waiting=False)
                except UnitError as error:
                    self.say(str(error))
        if is_first_boot:
            self._run_user_data(self._machine.user_data)

    def _run_user_data(self, script: Path) -> None:
        if script.read_bytes()[:2] != b"#!":
            self.say("The user data is not a script (it does not start with #!), so nothing runs.")
            return
        script.chmod(0o700)
        # cloud-init does not touch what a script has put into the background.
        directives = {
            "Description": ["user data"],
            "ExecStart": [f'"{script}"'],
            "KillMode": ["process"],
            "TimeoutStopSec": ["90"],
        }
        self._start_service(Unit("cloud-final.service", directives), is_waiting=False)

    def _await_end(self) -> str:
        while not self._is_told_off.is_set():
            with suppress(queue.Empty):
                return self._ends.get(timeout=_TICK_SECONDS)
            for timer in list(self._timers.values()):
                if timer.due_at is not None and time.time() >= timer.due_at:
                    self._fire(timer)
        return POWEROFF

    def _fire(self, timer: ArmedTimer) -> None:
        self._timers.pop(timer.name, None)
        timer.mark_fired()
        self.say(f"{timer.name} is due.")
        try:
            self.start(timer.service, is_waiting=False)
        except UnitError as error:
            self.say(str(error))

    def _shut_down(self) -> None:
        with self._lock:
            self._is_ending = True
            self._timers.clear()
            running = [service for service in self._services.values() if service.is_active]
        stops = [threading.Thread(target=service.stop) for service in running]
        for stop in stops:
            stop.start()
        for stop in stops:
            stop.join()
        kill_all(self._machine.marker, is_parent=True)
        self._services.clear()
