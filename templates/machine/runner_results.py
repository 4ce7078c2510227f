"""Saves the results folder to S3 and counts what really arrived."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runner_aws import run_aws
from runner_clock import iso
from runner_job import Job

_WAITS_SECONDS = (2, 6, 15)


@dataclass(frozen=True)
class Saved:
    """What the bucket holds of the results, by its own listing."""

    object_count: int
    total_bytes: int
    is_complete: bool

    def described(self) -> dict[str, object]:
        """Return it as exit.json has it."""
        return {
            "object_count": self.object_count,
            "total_bytes": self.total_bytes,
            "complete": self.is_complete,
        }

    def manifest(self) -> str:
        """Return the text of results-manifest.json."""
        return json.dumps({**self.described(), "uploaded_at": iso(time.time())})


def save_results(job: Job, folder: Path, note: Callable[[str], None]) -> Saved:
    """Upload the folder in several attempts, each checked object by object.

    Args:
        job: whose folder in the bucket is the target.
        folder: the results; symbolic links are followed.
        note: told what went wrong, for the log.

    Returns:
        What was found in the bucket afterwards; complete only when every file is there in full.
    """
    saved = Saved(0, 0, False)
    for wait_seconds in (*_WAITS_SECONDS, 0):
        upload = run_aws(["s3", "sync", "--only-show-errors", str(folder), job.uri("results/")])
        if upload.error:
            note(f"upload of results: {upload.error}")
        saved = _compare(job, folder, note)
        if saved.is_complete:
            return saved
        time.sleep(wait_seconds)
    note("the results could not be saved completely")
    return saved


def _compare(job: Job, folder: Path, note: Callable[[str], None]) -> Saved:
    local = _local_sizes(folder)
    remote = _remote_sizes(job)
    if remote is None:
        return Saved(0, 0, False)
    missing = [name for name, size in local.items() if remote.get(name) != size]
    if missing:
        shown = ", ".join(ascii(name) for name in missing[:5])
        note(f"{len(missing)} of {len(local)} results are not saved in full: {shown}")
    return Saved(len(remote), sum(remote.values()), not missing)


def _local_sizes(folder: Path) -> dict[str, int]:
    """Return each regular file's size in bytes; pipes, sockets and dead links are no results."""
    sizes: dict[str, int] = {}
    seen_folders: set[str] = set()
    for path, folders, names in os.walk(folder, followlinks=True):
        real_path = os.path.realpath(path)
        if real_path in seen_folders:
            folders.clear()
            continue
        seen_folders.add(real_path)
        for name in names:
            full = os.path.join(path, name)
            try:
                found = os.stat(full)
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode):
                sizes[os.path.relpath(full, folder).replace(os.sep, "/")] = found.st_size
    return sizes


def _remote_sizes(job: Job) -> dict[str, int] | None:
    prefix = f"{job.prefix}/results/"
    listed = run_aws(["s3api", "list-objects-v2", "--bucket", job.bucket, "--prefix", prefix])
    if not listed.is_success:
        return None
    # No output at all is how the command lists nothing.
    contents = json.loads(listed.output.strip() or "{}").get("Contents") or []
    return {found["Key"][len(prefix) :]: int(found["Size"]) for found in contents}
