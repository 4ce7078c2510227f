"""The folder of snapshots: a file for each deployed account, named by the deployment's hash.

A file is written under another name and then renamed, so a reader finds a whole one or none. The
least recently used ones are deleted. Nothing is read that others could have written.
"""

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from embedded_aws.checked_files import read_checked, write_checked
from embedded_aws.clock.machine_time import machine_time
from embedded_aws.private_files import (
    PRIVATE_FOLDER,
    UNFINISHED,
    NotPrivateError,
    require_own,
)

MOST_SNAPSHOTS = 12
MOST_BYTES = 256 * 1024 * 1024
_SUFFIX, _USED_SUFFIX = ".account", ".used"
# Writing takes a fraction of a second, so its process is dead.
_ABANDONED_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A deployed account: its deployment's time, the stack's outputs, and the pickled account."""

    began_at: datetime
    took: timedelta
    outputs: Mapping[str, str]
    account: bytes


def read_snapshot(folder: Path, key: str) -> Snapshot | None:
    """Return the snapshot of a deployment; None if there is none that can be trusted."""
    file = folder / f"{key}{_SUFFIX}"
    try:
        require_own(folder)
        header, _, account = read_checked(file).partition(b"\n")
        found = json.loads(header)
        began_at = datetime.fromisoformat(found["began_at"])
        took = timedelta(seconds=found["took_seconds"])
        outputs = {str(name): str(value) for name, value in found["outputs"].items()}
    except (OSError, NotPrivateError, ValueError, KeyError, TypeError, AttributeError):
        return None
    with contextlib.suppress(OSError):
        os.utime(file, (machine_time(), machine_time()))
    return Snapshot(began_at, took, outputs, account)


def write_snapshot(folder: Path, key: str, snapshot: Snapshot) -> None:
    """Keep a snapshot, and delete the least recently used ones.

    Raises:
        OSError, NotPrivateError: when the folder cannot be written, or others may write it.
    """
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    require_own(folder)
    header = {
        "began_at": snapshot.began_at.isoformat(),
        "took_seconds": snapshot.took.total_seconds(),
        "outputs": dict(snapshot.outputs),
    }
    head = json.dumps(header).encode() + b"\n"
    write_checked(folder / f"{key}{_SUFFIX}", head, snapshot.account)
    _delete_old(folder)


def delete_snapshot(folder: Path, key: str) -> None:
    """Delete a snapshot, if there is one."""
    _delete(folder / f"{key}{_SUFFIX}")


def used_file(folder: Path, key: str) -> Path:
    """Return the file that tells which functions were used; it goes with its snapshot."""
    return folder / f"{key}{_USED_SUFFIX}"


def _delete_old(folder: Path) -> None:
    kept = []
    for file in folder.iterdir():
        with contextlib.suppress(OSError):  # another process was faster
            found = file.lstat()
            if file.suffix == _SUFFIX:
                kept.append((found.st_mtime, found.st_size, file))
            is_abandoned = found.st_mtime < machine_time() - _ABANDONED_SECONDS
            if file.suffix == UNFINISHED and is_abandoned:
                file.unlink()
    size = 0
    for count, (_, file_size, file) in enumerate(sorted(kept, reverse=True)):
        size += file_size
        if count and (count >= MOST_SNAPSHOTS or size > MOST_BYTES):
            _delete(file)


def _delete(snapshot: Path) -> None:
    for file in (snapshot, snapshot.with_suffix(_USED_SUFFIX)):
        with contextlib.suppress(OSError):
            file.unlink()
