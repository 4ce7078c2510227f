"""Installs the script's requirements.txt into a virtual environment before the script starts."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from runner_install_failures import likely_cause
from runner_log import TrainerLog
from runner_output import log_output, start_process

REQUIREMENTS_FILE = "requirements.txt"
_TICK_SECONDS = 0.1
_KILL_WAIT_SECONDS = 5
_LAST_OUTPUT_SECONDS = 2.0


class RequirementsFailedError(Exception):
    """The requirements could not be installed. The message says which step failed."""


def find_requirements(work: Path, script_folder: str) -> Path | None:
    """Return the requirements.txt beside the script, or else at the top of the code, if any.

    A file without requirements does not count.
    """
    for place in dict.fromkeys([work / script_folder, work]):
        found = place / REQUIREMENTS_FILE
        if found.is_file():
            text = found.read_text(encoding="utf-8", errors="replace").lstrip("\ufeff")
            lines = (line.strip() for line in text.splitlines())
            return found if any(line and not line.startswith("#") for line in lines) else None
    return None


def install_requirements(
    requirements: Path,
    environment_folder: Path,
    variables: dict[str, str],
    log: TrainerLog,
    should_stop: Callable[[], bool],
) -> None:
    """Create a virtual environment and install the requirements into it. pip's output is logged.

    It includes the packages of the image's own python3, such as frameworks.

    Args:
        requirements: the file; relative paths in it start in its folder.
        environment_folder: the folder of the virtual environment.
        variables: the whole environment of pip, including its settings in PIP_ variables.
        log: the log of the job.
        should_stop: called repeatedly; True ends the installation.

    Raises:
        RequirementsFailedError: if a step fails, but not if `should_stop` ended it.
    """
    python = str(environment_folder / "bin" / "python")
    make = ["python3", "-m", "venv", "--system-site-packages", "--without-pip"]
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input"]

    def run(command: list[str], failure: str) -> None:
        status = _run(command, requirements.parent, variables, log, should_stop)
        if status != 0 and not should_stop():
            cause = likely_cause(log.last_lines())
            words = f"{failure} (status {status})"
            raise RequirementsFailedError(f"{words}: {cause}" if cause else words)

    run([*make, str(environment_folder)], "the virtual environment could not be created")
    # The image's own pip can install into the environment, which saves seconds, if there is one.
    if not should_stop() and not _has_pip(python, variables):
        run([python, "-m", "ensurepip"], "the image has no pip, and it could not be installed")
    if not should_stop():
        install = ["install", "--progress-bar", "off", "-r", str(requirements)]
        run([*pip, *install], f"{REQUIREMENTS_FILE} could not be installed")


def activated(variables: dict[str, str], environment_folder: Path) -> dict[str, str]:
    """Return the environment of a process that uses the virtual environment."""
    path = variables.get("PATH", os.defpath)
    found = {name: value for name, value in variables.items() if name != "PYTHONHOME"}
    return {
        **found,
        "PATH": f"{environment_folder / 'bin'}{os.pathsep}{path}",
        "VIRTUAL_ENV": str(environment_folder),
    }


def _has_pip(python: str, variables: dict[str, str]) -> bool:
    found = subprocess.run(
        [python, "-c", "import pip"],
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return found.returncode == 0


def _run(
    command: list[str],
    folder: Path,
    variables: dict[str, str],
    log: TrainerLog,
    should_stop: Callable[[], bool],
) -> int:
    try:
        process = start_process(command, folder, variables)
    except OSError as error:
        log.note(f"{command[0]} could not be started: {error}", is_reason=True)
        return 127
    reader = log_output(process, log)
    while process.poll() is None:
        if should_stop():
            _end(process)
            break
        time.sleep(_TICK_SECONDS)
    reader.join(_LAST_OUTPUT_SECONDS)
    return process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    """End pip and the compilers that it has started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_KILL_WAIT_SECONDS)
            return
