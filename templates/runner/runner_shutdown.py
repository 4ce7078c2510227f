"""Intercepts a script's own poweroff or shutdown and treats it as the script's end.

If the command really ran, the machine would stop before the results are saved. So stand-ins come
first on the script's PATH. Each runs `python3 runner_shutdown.py REQUEST COMMAND ARGUMENTS...`.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_POWER_COMMANDS = ("poweroff", "shutdown", "halt", "reboot")
_PASSING_COMMANDS = ("systemctl", "sudo")
_SYSTEMCTL_POWER_VERBS = ("poweroff", "halt", "reboot", "kexec", "soft-reboot")
_SUDO_OPTIONS_WITH_VALUE = frozenset("ugphrtCDRTU")
_COMMAND_FOLDERS = ("/sbin", "/usr/sbin", "/bin", "/usr/bin")


@dataclass(frozen=True)
class ShutdownRequest:
    """The script's request to shut the machine down at `due_at` (Unix seconds) or to restart it."""

    command: str
    due_at: float
    is_restart: bool


def read_request(path: Path) -> ShutdownRequest | None:
    """Return the script's request, or None if there is none."""
    try:
        return ShutdownRequest(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def make_stand_ins(folder: Path, request_path: Path) -> None:
    """Write the stand-ins, and the BASH_ENV file that intercepts absolute paths in bash.

    Args:
        folder: the folder that comes first on the script's PATH.
        request_path: the file for a request.
    """
    runs = f"{shlex.quote(sys.executable)} -I {shlex.quote(os.path.abspath(__file__))}"
    for command in (*_POWER_COMMANDS, *_PASSING_COMMANDS):
        stand_in = folder / command
        invocation = f"{runs} {shlex.quote(str(request_path))} {command}"
        stand_in.write_text(f'#!/bin/sh\nexec {invocation} "$@"\n', encoding="utf-8")
        stand_in.chmod(0o755)
    lines = ["# Redirect absolute paths of shutdown commands to the stand-ins."]
    if os.environ.get("BASH_ENV"):
        lines.append(f". {shlex.quote(os.environ['BASH_ENV'])}")
    for command in (*_POWER_COMMANDS, *_PASSING_COMMANDS):
        runs = shlex.quote(str(folder / command))
        lines += [f'function {at}/{command} {{ {runs} "$@"; }}' for at in _COMMAND_FOLDERS]
    (folder / "bash-env").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(request_path: Path, command: str, arguments: list[str]) -> int:
    """Act as one of the stand-ins."""
    if command == "sudo":
        return _sudo(request_path, arguments)
    if command == "systemctl":
        verbs = [word for word in arguments if not word.startswith("-")]
        is_power_target = verbs[1:2] in (["poweroff.target"], ["reboot.target"], ["halt.target"])
        if verbs[:1] and verbs[0] in _SYSTEMCTL_POWER_VERBS:
            return _write(request_path, [command, *arguments], 0, "boot" in verbs[0])
        if verbs[:1] in (["isolate"], ["start"]) and is_power_target:
            return _write(request_path, [command, *arguments], 0, "reboot" in verbs[1])
        return _run_real(command, arguments)
    if command == "shutdown":
        return _shutdown(request_path, arguments)
    is_restart = command == "reboot" or "--reboot" in arguments
    return _write(request_path, [command, *arguments], 0, is_restart)


def _shutdown(request_path: Path, arguments: list[str]) -> int:
    letters = "".join(word[1:] for word in arguments if word[:1] == "-" and word[:2] != "--")
    if "c" in letters:
        request_path.unlink(missing_ok=True)
        return 0
    if "k" in letters:
        return 0
    times = [word for word in arguments if not word.startswith("-")]
    # Without a time, shutdown waits for one minute.
    delay_seconds = _delay_seconds(times[0] if times else "+1")
    if delay_seconds is None:
        print(f"shutdown: invalid time {times[0]!r}", file=sys.stderr)
        return 1
    is_restart = "r" in letters or "--reboot" in arguments
    return _write(request_path, ["shutdown", *arguments], delay_seconds, is_restart)


def _delay_seconds(text: str) -> float | None:
    if text == "now":
        return 0
    minutes = text[1:] if text.startswith("+") else text
    if minutes.isascii() and minutes.isdigit():
        return int(minutes) * 60.0
    hour, colon, minute = text.partition(":")
    if not (colon and hour.isdigit() and minute.isdigit()):
        return None
    here = time.localtime()
    day_seconds = here.tm_hour * 3600 + here.tm_min * 60 + here.tm_sec
    return float((int(hour) * 3600 + int(minute) * 60 - day_seconds) % 86400)


def _write(request_path: Path, words: list[str], delay_seconds: float, is_restart: bool) -> int:
    request = ShutdownRequest(shlex.join(words), time.time() + delay_seconds, is_restart)
    unfinished = request_path.with_name(f"{request_path.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(request.__dict__), encoding="utf-8")
    unfinished.replace(request_path)
    return 0


def _sudo(request_path: Path, arguments: list[str]) -> int:
    position = 0
    while position < len(arguments):
        word = arguments[position]
        if word == "--":
            position += 1
            break
        if word.startswith("-"):
            takes_value = len(word) == 2 and word[1] in _SUDO_OPTIONS_WITH_VALUE
            position += 2 if takes_value else 1
        elif "=" in word.partition("/")[0]:
            position += 1
        else:
            break
    command = arguments[position:]
    name = os.path.basename(command[0]) if command else ""
    if name in _POWER_COMMANDS or name == "systemctl":
        return main(request_path, name, command[1:])
    if command and shutil.which("sudo", path=_real_path()) is None and os.geteuid() == 0:
        os.execvp(command[0], command)
    return _run_real("sudo", arguments)


def _run_real(command: str, arguments: list[str]) -> int:
    found = shutil.which(command, path=_real_path())
    if found is None:
        print(f"{command}: command not found", file=sys.stderr)
        return 127
    os.execv(found, [command, *arguments])


def _real_path() -> str:
    own = os.environ.get("PARRIS_COMMANDS_DIR", "")
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if folder != own)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
