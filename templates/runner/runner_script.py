"""Runs the training script as a process: its copy, environment, output and end."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from runner_clock import iso
from runner_deadline import Deadline
from runner_job import Folders, Job
from runner_log import TrainerLog
from runner_output import log_output, start_process
from runner_requirements import activated
from runner_shutdown import make_stand_ins, read_request

BY_SCRIPT = "script"
BY_SCRIPT_SHUTDOWN = "script-shutdown"
BY_SIGNAL = "signal"
BY_INTERRUPTION = "interruption"

_TICK_SECONDS = 0.2
_LAST_OUTPUT_SECONDS = 2.0
_LEFT_BEHIND_GRACE_SECONDS = 5.0
_OOM_SCORE = "500"
_OWN_PYTHON = re.compile(rb"#![ \t]*/usr/(?:local/)?bin/python3?(?![^\s])([ \t][ -~]*)?\r?\n")


@dataclass(frozen=True)
class ScriptEnd:
    """How the script ended. A script that never started has neither a status nor a signal."""

    ended_by: str
    exit_status: int | None
    signal: str | None
    started_at: float | None


def prepare_script(job: Job, folders: Folders) -> list[str]:
    """Create the working copy of the script and return the command that runs it.

    In the copy `${TERMINATION_TIME_LIMIT}` is replaced and Windows line endings are converted. A
    script without a shebang line is run by bash, or by python3 if its name ends in .py.
    If requirements were installed, /usr/bin/python3 in that line means the python that has them.
    """
    body = (folders.script / job.script_name).read_bytes()
    minutes = str(job.termination_limit_minutes).encode("ascii")
    body = body.replace(b"${TERMINATION_TIME_LIMIT}", minutes)
    is_text = b"\0" not in body
    if is_text and body.partition(b"\n")[0].endswith(b"\r"):
        body = body.replace(b"\r\n", b"\n")
    copy = folders.work / job.script_folder / job.script_name
    copy.parent.mkdir(parents=True, exist_ok=True)
    # Do not write through a link in the unpacked code.
    if copy.is_symlink():
        copy.unlink()
    copy.write_bytes(body)
    copy.chmod(0o755)
    own_python = _OWN_PYTHON.match(body)
    if own_python and folders.python_environment.is_dir():
        python = str(folders.python_environment / "bin" / "python3")
        return [python, *(own_python[1] or b"").decode().split(), str(copy)]
    if not is_text or body.startswith(b"#!"):
        return [str(copy)]
    return ["python3" if copy.suffix == ".py" else "bash", str(copy)]


def script_environment(job: Job, folders: Folders, deadline: Deadline | None) -> dict[str, str]:
    """Return the script's environment, which docs/bootstrap-contract.md describes."""
    hyperparameters = folders.state / "hyperparameters.json"
    hyperparameters.write_text(json.dumps(job.hyperparameters, indent=2), encoding="utf-8")
    environment = {"PYTHONUNBUFFERED": "1", **os.environ, **job.environment}
    for name, value in job.hyperparameters.items():
        if isinstance(value, (str, int, float, bool)):
            text = value if isinstance(value, str) else json.dumps(value)
            environment[f"PARRIS_HP_{_variable_name(name)}"] = text
    path = environment.get("PATH", os.defpath)
    found = {
        **environment,
        "PATH": f"{folders.commands}{os.pathsep}{path}",
        "BASH_ENV": str(folders.commands / "bash-env"),
        "PARRIS_COMMANDS_DIR": str(folders.commands),
        "PARRIS_JOB_ID": job.job_id,
        "PARRIS_TRAINING_JOB_NAME": job.training_job_name,
        "PARRIS_RESULTS_DIR": str(folders.results),
        "PARRIS_INPUT_DIR": str(folders.inputs),
        "PARRIS_HYPERPARAMETERS": str(hyperparameters),
        "PARRIS_ATTEMPT": str(job.attempt),
        "PARRIS_DEADLINE": iso(deadline.stop_at) if deadline else "",
        "TERMINATION_TIME_LIMIT": str(job.termination_limit_minutes),
    }
    if job.training_config:
        found["PARRIS_TRAINING_CONFIG"] = str(folders.training_config / job.training_config)
    if job.resume:
        found["PARRIS_RESUME_DIR"] = str(folders.resume)
    if folders.python_environment.is_dir():
        return activated(found, folders.python_environment)
    return found


def run_script(
    job: Job,
    folders: Folders,
    log: TrainerLog,
    deadline: Deadline | None,
    is_time_to_save: Callable[[], bool],
    stopped_by: Callable[[], str],
    grace_seconds_of: Callable[[str], float],
) -> ScriptEnd:
    """Run the script to its end, or end it at the deadline, on a signal or at its own shutdown.

    Args:
        job: the job, whose script was checked.
        folders: the runner's folders, which exist.
        log: receives the output.
        deadline: when the script is stopped at the latest, or None.
        is_time_to_save: returns whether the script must stop so that its results can be saved.
        stopped_by: returns what has stopped the runner itself, or an empty string.
        grace_seconds_of: returns how long the script may save, from what has stopped it.
    """
    command = prepare_script(job, folders)
    make_stand_ins(folders.commands, folders.shutdown_request)
    environment = script_environment(job, folders, deadline)
    folders.started_marker.touch()
    started_at = time.time()
    log.note(f"starting {shlex.quote(job.script_name)}")
    try:
        with _offered_to_the_oom_killer():
            process = start_process(command, folders.work, environment)
    except OSError as error:
        # The exit statuses of a shell for a command that cannot be started.
        log.note(f"the script could not be started: {_why(error, command)}", is_reason=True)
        status = 127 if isinstance(error, FileNotFoundError) else 126
        return ScriptEnd(BY_SCRIPT, status, None, started_at)
    reader = log_output(process, log)
    kills_before = _oom_kills()
    ended_by = _await_end(process, folders.shutdown_request, deadline, is_time_to_save, stopped_by)
    if ended_by != BY_SCRIPT:
        grace_seconds = grace_seconds_of(ended_by)
        log.note(f"stopping the script ({ended_by}), at most {grace_seconds:g} s to save")
        _stop(process, grace_seconds, log)
    if process.returncode == -signal.SIGKILL and _oom_kills() > kills_before:
        log.note("the machine ran out of memory, and its kernel killed processes", is_reason=True)
    reader.join(_LAST_OUTPUT_SECONDS)
    _end_left_behind(process.pid)
    return _describe_end(process.returncode, ended_by, folders.shutdown_request, started_at, log)


def _why(error: OSError, command: list[str]) -> str:
    """Return why a command cannot be started; the kernel does not say which file is missing."""
    script = Path(command[-1])
    if isinstance(error, FileNotFoundError) and command == [str(script)] and script.is_file():
        first_line = script.read_bytes().partition(b"\n")[0][:200].decode(errors="replace")
        return f"its first line is {first_line!r}, and this machine has no such program"
    return str(error)


def _await_end(
    process: subprocess.Popen[bytes],
    request_path: Path,
    deadline: Deadline | None,
    is_time_to_save: Callable[[], bool],
    stopped_by: Callable[[], str],
) -> str:
    while process.poll() is None:
        now = time.time()
        request = read_request(request_path)
        if stopped_by():
            return stopped_by()
        if deadline is not None and (now >= deadline.stop_at or is_time_to_save()):
            return deadline.ended_by
        if request is not None and now >= request.due_at:
            return BY_SCRIPT_SHUTDOWN
        time.sleep(_TICK_SECONDS)
    return BY_SCRIPT


@contextmanager
def _offered_to_the_oom_killer() -> Iterator[None]:
    """Let the kernel kill processes started in this block before the runner, which reports it."""
    path = Path("/proc/self/oom_score_adj")
    own = "0"
    with suppress(OSError):
        own = path.read_text(encoding="ascii")
        path.write_text(_OOM_SCORE, encoding="ascii")
    try:
        yield
    finally:
        with suppress(OSError):
            path.write_text(own, encoding="ascii")


def _oom_kills() -> int:
    """Return how many processes the kernel has killed so far because of a lack of memory."""
    try:
        counters = Path("/proc/vmstat").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in counters if line.startswith("oom_kill "))
    except (OSError, ValueError, StopIteration):
        return 0


def _describe_end(
    return_code: int, ended_by: str, request_path: Path, started_at: float, log: TrainerLog
) -> ScriptEnd:
    request = read_request(request_path)
    is_due = request is not None and time.time() >= request.due_at
    if request is not None and is_due and ended_by in (BY_SCRIPT, BY_SCRIPT_SHUTDOWN):
        if request.is_restart:
            log.note(
                f"`{request.command}`: a job cannot restart its machine, so it fails",
                is_reason=True,
            )
        return ScriptEnd(BY_SCRIPT_SHUTDOWN, 1 if request.is_restart else 0, None, started_at)
    if return_code < 0:
        known = {number.value: number.name for number in signal.Signals}
        name = known.get(-return_code, f"signal {-return_code}")
        return ScriptEnd(ended_by, None, name, started_at)
    return ScriptEnd(ended_by, return_code, None, started_at)


def _stop(process: subprocess.Popen[bytes], grace_seconds: float, log: TrainerLog) -> None:
    _signal_group(process.pid, signal.SIGTERM)
    if not _wait_until(lambda: process.poll() is not None, grace_seconds):
        log.note(f"the script did not end within {grace_seconds:g} s and was killed")
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()


def _end_left_behind(group_id: int) -> None:
    """End the processes that the script left in its group. The job ends with the script."""
    if _signal_group(group_id, signal.SIGTERM):
        _wait_until(lambda: not _signal_group(group_id, 0), _LEFT_BEHIND_GRACE_SECONDS)
        _signal_group(group_id, signal.SIGKILL)


def _signal_group(group_id: int, number: int) -> bool:
    try:
        os.killpg(group_id, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _wait_until(is_so: Callable[[], bool], timeout_seconds: float) -> bool:
    ends_at = time.monotonic() + timeout_seconds
    while not is_so():
        if time.monotonic() > ends_at:
            return False
        time.sleep(_TICK_SECONDS / 4)
    return True


def _variable_name(name: str) -> str:
    return "".join(
        letter if letter.isascii() and letter.isalnum() else "_" for letter in name
    ).upper()
