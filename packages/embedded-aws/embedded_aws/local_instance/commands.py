"""What the stand-in commands do: the service manager's, the power commands, and all others."""

import shlex
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from embedded_aws.local_instance.units import Unit, UnitError, parse_seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """What a stand-in prints and returns, or the command that it executes."""

    status: int = 0
    output: str = ""
    error: str = ""
    become: list[str] = field(default_factory=list)


class ServiceManager(Protocol):
    """The machine's functions that the commands need."""

    def say(self, line: str) -> None:
        """Write a line to the console."""

    def start(self, name: str, is_waiting: bool = True) -> None:
        """Start a unit."""

    def stop(self, name: str) -> None:
        """Stop a unit."""

    def kill(self, name: str, number: int) -> None:
        """Send a signal to the processes of a unit."""

    def enable(self, name: str, is_on: bool) -> None:
        """Enable or disable a unit at boot."""

    def is_active(self, name: str) -> bool:
        """Return whether a unit runs."""

    def is_enabled(self, name: str) -> bool:
        """Return whether a unit starts at boot."""

    def start_transient(self, unit: Unit) -> None:
        """Start a unit that has no file."""

    def end(self, how: str) -> None:
        """End the machine: poweroff or reboot."""


class Commands:
    """Handles the stand-ins of one machine."""

    def __init__(self, manager: ServiceManager) -> None:
        """Handle the commands of this machine."""
        self._manager = manager
        self._pending_end: threading.Timer | None = None
        self._transient_count = 0

    def run(self, command: str, arguments: list[str]) -> Answer:
        """Run a command, or report that a stand-in replaced it."""
        known: dict[str, Callable[[list[str]], Answer]] = {
            "systemctl": self._systemctl,
            "systemd-run": self._systemd_run,
            "shutdown": self._shutdown,
            "poweroff": lambda words: self._end("poweroff", ["poweroff", *words]),
            "halt": lambda words: self._end("poweroff", ["halt", *words]),
            "reboot": lambda words: self._end("reboot", ["reboot", *words]),
            "sudo": self._sudo,
            "pip": lambda words: self._refuse_pip("pip", words),
            "pip3": lambda words: self._refuse_pip("pip3", words),
        }
        try:
            if command in known:
                return known[command](arguments)
        except UnitError as error:
            self._manager.say(f"{command}: {error}")
            return Answer(status=1, error=f"{error}\n")
        said = f"stood in for `{shlex.join([command, *arguments])}`: this computer was not changed"
        self._manager.say(said)
        return Answer(error=f"embedded AWS: {said}\n")  # also appears in the job's log

    def _systemctl(self, arguments: list[str]) -> Answer:
        options = [word for word in arguments if word.startswith("-")]
        verb, *names = [word for word in arguments if not word.startswith("-")] or ["list-units"]
        names = [name if "." in Path(name).name else f"{name}.service" for name in names]
        if verb in ("poweroff", "halt", "reboot"):
            how = "reboot" if verb == "reboot" else "poweroff"
            return self._end(how, ["systemctl", *arguments])
        if verb in ("isolate", "start") and names in (["poweroff.target"], ["reboot.target"]):
            return self._end(names[0].removesuffix(".target"), ["systemctl", *arguments])
        if verb in ("daemon-reload", "reset-failed", "is-system-running"):
            return Answer(output="running\n" if verb == "is-system-running" else "")
        if verb in ("is-active", "is-enabled", "status"):
            return self._describe(verb, names)
        if verb == "kill":
            return self._kill(names, options)
        if verb not in ("enable", "disable", "start", "stop", "restart"):
            raise UnitError(f"`systemctl {verb}` is not modelled")
        for name in names:
            self._change(verb, name, options)
        return Answer()

    def _change(self, verb: str, name: str, options: list[str]) -> None:
        is_now = "--now" in options
        if verb in ("enable", "disable"):
            self._manager.enable(name, is_on=verb == "enable")
        if verb in ("stop", "restart") or (verb == "disable" and is_now):
            self._manager.stop(name)
        if verb in ("start", "restart") or (verb == "enable" and is_now):
            self._manager.start(name, is_waiting="--no-block" not in options)

    def _kill(self, names: list[str], options: list[str]) -> Answer:
        (name,) = [one.partition("=")[2] for one in options if one.startswith("--signal=")] or [
            "SIGTERM"
        ]
        for unit in names:
            self._manager.kill(unit, signal.Signals[name])
        return Answer()

    def _describe(self, verb: str, names: list[str]) -> Answer:
        is_asked = self._manager.is_enabled if verb == "is-enabled" else self._manager.is_active
        good, bad = ("enabled", "disabled") if verb == "is-enabled" else ("active", "inactive")
        seen = [is_asked(name) for name in names]
        output = "".join(f"{good if is_good else bad}\n" for is_good in seen)
        return Answer(status=0 if all(seen) else 3, output=output)

    def _systemd_run(self, arguments: list[str]) -> Answer:
        self._transient_count += 1
        name, delay = f"run-{self._transient_count}", ""
        position = 0
        while position < len(arguments) and arguments[position].startswith("-"):
            option, has_value, value = arguments[position].partition("=")
            if option in ("--unit", "-u", "--on-active", "-p", "--property") and not has_value:
                position += 1
                value = arguments[position]
            name = value if option in ("--unit", "-u") else name
            delay = value if option == "--on-active" else delay
            position += 1
        stem = name.removesuffix(".service")
        directives = {"ExecStart": [shlex.join(arguments[position:])]}
        service = Unit(f"{stem}.service", directives)
        if delay:
            timer = threading.Timer(
                parse_seconds(delay), self._manager.start_transient, args=(service,)
            )
            timer.daemon = True
            timer.start()
        else:
            self._manager.start_transient(service)
        return Answer(error=f"Running as unit: {service.name}\n")

    def _shutdown(self, arguments: list[str]) -> Answer:
        letters = "".join(word[1:] for word in arguments if word[:1] == "-" != word[1:2])
        if "c" in letters:
            if self._pending_end is not None:
                self._pending_end.cancel()
            return Answer()
        times = [word for word in arguments if not word.startswith("-")]
        how = "reboot" if "r" in letters or "--reboot" in arguments else "poweroff"
        delay_seconds = _delay_seconds(times[0] if times else "+1")
        if delay_seconds <= 0:
            return self._end(how, ["shutdown", *arguments])
        self._manager.say(f"`shutdown {shlex.join(arguments)}`: in {delay_seconds:.0f} s")
        self._pending_end = threading.Timer(delay_seconds, self._manager.end, args=(how,))
        self._pending_end.daemon = True
        self._pending_end.start()
        return Answer()

    def _end(self, how: str, words: list[str]) -> Answer:
        if how == "poweroff" and "--reboot" in words:
            how = "reboot"
        self._manager.say(f"`{shlex.join(words)}` ends this machine, and nothing else")
        self._manager.end(how)
        return Answer()

    def _sudo(self, arguments: list[str]) -> Answer:
        position = 0
        while position < len(arguments) and arguments[position].startswith("-"):
            takes_value = arguments[position] in ("-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T")
            position += 2 if takes_value else 1
        command = arguments[position:]
        if not command:
            return Answer()
        # There is only one user here, so sudo runs the command; env also accepts NAME=value.
        return Answer(become=["env", *_without_system_path(command)])

    def _refuse_pip(self, name: str, arguments: list[str]) -> Answer:
        said = f"`{shlex.join([name, *arguments])}` was not run: it would change this computer"
        self._manager.say(said)
        advice = "make an environment first: python3 -m venv DIR && DIR/bin/pip install ..."
        return Answer(status=1, error=f"{said}; {advice}\n")


def _without_system_path(command: list[str]) -> list[str]:
    program = Path(command[0])
    system = ("/bin", "/sbin", "/usr/bin", "/usr/sbin")
    return [program.name if str(program.parent) in system else command[0], *command[1:]]


def _delay_seconds(text: str) -> float:
    if text == "now":
        return 0
    if text.removeprefix("+").isdigit():
        return int(text.removeprefix("+")) * 60.0
    hour, colon, minute = text.partition(":")
    if not (colon and hour.isdigit() and minute.isdigit()):
        raise UnitError(f"cannot parse the time {text!r}")
    here = time.localtime()
    day_seconds = here.tm_hour * 3600 + here.tm_min * 60 + here.tm_sec
    return float((int(hour) * 3600 + int(minute) * 60 - day_seconds) % 86400)
