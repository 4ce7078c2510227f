"""Finds and ends processes: by an environment marker, by ancestry and by process group."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# The marker of a local instance: everything that it starts inherits it.
MARKER_VARIABLE = "EMBEDDED_MACHINE"
_PR_SET_CHILD_SUBREAPER = 36
_KILL_SECONDS = 10.0
_KILL_TICK_SECONDS = 0.02
_CHUNK_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    parent: int
    is_marked: bool


def adopt_orphans() -> None:
    """Make this process the parent of its orphaned descendants, where the system supports it."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def find_marked(marker: str, variable: str = MARKER_VARIABLE) -> set[int]:
    """Return the living processes that have `variable=marker` in their environment.

    Their descendants are included, because some programs hide or change their environment.
    """
    return _find(f"{variable}={marker}", set())


def find_descendants(pid: int) -> set[int]:
    """Return all living descendants of this process."""
    return _with_descendants({pid}, _read_table("")) - {pid}


def kill_all(marker: str, is_parent: bool = False) -> None:
    """Kill every process with the marker until none is left.

    Args:
        marker: the machine's marker.
        is_parent: this process is the machine's supervisor, so its descendants are killed too.

    Raises:
        TimeoutError: when something still exists after ten seconds.
    """
    ends_at = time.monotonic() + _KILL_SECONDS
    while True:
        left = _find(f"{MARKER_VARIABLE}={marker}", {os.getpid()} if is_parent else set())
        if not left:
            return
        if time.monotonic() > ends_at:
            raise TimeoutError(f"processes {sorted(left)} cannot be killed")
        for pid in left:
            send(pid, signal.SIGKILL)
            if is_parent:
                with suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
        time.sleep(_KILL_TICK_SECONDS)


def send(pid: int, number: int) -> bool:
    """Send a signal; return whether the process existed."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _find(marked_by: str, parents: set[int]) -> set[int]:
    table = _read_table(marked_by)
    found = {process.pid for process in table if process.is_marked}
    return _with_descendants(found | parents, table) - {os.getpid()}


def _with_descendants(roots: set[int], table: list[_Process]) -> set[int]:
    found = set(roots)
    while True:
        more = {entry.pid for entry in table if entry.parent in found} - found
        if not more:
            return found
        found |= more


def _read_table(marked_by: str) -> list[_Process]:
    return _read_proc(marked_by) if Path("/proc/self/stat").exists() else _read_ps(marked_by)


def _read_proc(marked_by: str) -> list[_Process]:
    # By the system's own calls: pathlib takes three times as long, and each machine is searched
    # for several times.
    wanted = marked_by.encode()
    table = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = _read_whole(f"/proc/{name}/stat")
            environment = _read_environment(name) if wanted else b""
        except OSError:
            continue
        state, parent = stat.rpartition(b")")[2].split(None, 2)[:2]
        if state != b"Z":
            is_marked = bool(wanted) and wanted in environment.split(b"\0")
            table.append(_Process(int(name), int(parent), is_marked))
    return table


def _read_environment(name: str) -> bytes:
    try:
        return _read_whole(f"/proc/{name}/environ")
    except PermissionError:
        return b""


def _read_whole(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return b"".join(iter(lambda: os.read(descriptor, _CHUNK_BYTES), b""))
    finally:
        os.close(descriptor)


def _read_ps(marked_by: str) -> list[_Process]:
    # -E adds the environment to the command; only macOS and the BSDs have it.
    listed = subprocess.run(
        ["/bin/ps", "-axEww", "-o", "pid=,ppid=,stat=,command="],
        capture_output=True,
        check=False,
        text=True,
        errors="replace",
    )
    table = []
    for line in listed.stdout.splitlines():
        words = line.split(None, 3)
        if len(words) == 4 and not words[2].startswith("Z"):
            is_marked = bool(marked_by) and marked_by in words[3].split()
            table.append(_Process(int(words[0]), int(words[1]), is_marked))
    return table
