"""A temporary folder that is deleted with its process: at the end, or at the next start.

Its name contains the owning process and that process's start time, and while the folder is in use
the process holds a lock in it. So the folder of a dead process is recognized, even if its process
id was reused, or belongs to a process of another container.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from embedded_aws.processes import kill_all

PREFIX = "embedded-aws-"
_LOCK = ".in-use"
_NAME = re.compile(re.escape(PREFIX) + r"(?P<pid>\d+)-(?P<started>[0-9a-z]+)-[^/]+")
_REMOVE_SECONDS, _REMOVE_TICK_SECONDS = 10.0, 0.05
# A folder without a lock may have been created just now.
_YOUNG_SECONDS = 60.0


@contextlib.contextmanager
def owned_folder(parent: Path | None = None) -> Iterator[Path]:
    """Yield a new folder of this process, which is deleted after the block.

    Args:
        parent: its parent folder; None for the system's temporary folder.
    """
    own = f"{PREFIX}{os.getpid()}-{_start_of(os.getpid())}-"
    folder = Path(tempfile.mkdtemp(prefix=own, dir=parent))
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    finally:
        os.close(lock)
        _remove(folder)


def sweep(parent: Path | None = None) -> None:
    """Delete the folders of this user's dead processes, and end processes that machines left."""
    place = parent or Path(tempfile.gettempdir())
    with contextlib.suppress(OSError):
        for folder in place.glob(f"{PREFIX}*"):
            with contextlib.suppress(OSError):
                if _is_left_behind(folder):
                    _end_machines(folder)
                    _remove(folder)


def _is_left_behind(folder: Path) -> bool:
    named = _NAME.fullmatch(folder.name)
    found = folder.lstat()
    if named is None or folder.is_symlink() or not folder.is_dir():
        return False
    if found.st_uid != os.geteuid() or _start_of(int(named["pid"])) == named["started"]:
        return False
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return time.time() - found.st_mtime > _YOUNG_SECONDS
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True


def _end_machines(folder: Path) -> None:
    # A supervisor ends with its launcher, unless it was killed as well.
    for description in folder.glob("machines/*/machine.json"):
        with contextlib.suppress(OSError, ValueError, KeyError, TimeoutError):
            kill_all(str(json.loads(description.read_text(encoding="utf-8"))["marker"]))


def _remove(folder: Path) -> None:
    """Delete a folder in which processes that are being killed may still write."""
    ends_at = time.monotonic() + _REMOVE_SECONDS
    while folder.exists() and time.monotonic() < ends_at:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            _allow(folder)
            time.sleep(_REMOVE_TICK_SECONDS)


def _allow(folder: Path) -> None:
    """Undo a script's changes of permissions: a folder without write permission keeps its files."""
    for place, folders, _ in os.walk(folder):
        for name in (".", *folders):
            with contextlib.suppress(OSError):
                if not (Path(place) / name).is_symlink():
                    (Path(place) / name).chmod(0o700)


def _start_of(pid: int) -> str:
    """Return a string for the start time of a process, empty if there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return fields.rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        if Path("/proc/self/stat").exists():
            return ""
    shown = subprocess.run(
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return re.sub(r"[^0-9a-z]", "", shown.stdout.lower())
