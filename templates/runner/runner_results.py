"""Saves the results after the end of the script, and verifies what arrived."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from runner_clock import iso
from runner_http import AwsError
from runner_job import Job
from runner_s3 import Bucket
from runner_sync import FOLDER, ResultSync
from runner_wording import counted, named

_WAITS_SECONDS = (2, 6, 15)


@dataclass(frozen=True)
class Saved:
    """The results in the bucket, according to its listing."""

    object_count: int
    total_bytes: int
    is_complete: bool

    def described(self) -> dict[str, object]:
        """Return it in the format of exit.json."""
        return {
            "object_count": self.object_count,
            "total_bytes": self.total_bytes,
            "complete": self.is_complete,
        }

    def manifest(self) -> str:
        """Return the text of results-manifest.json."""
        return json.dumps({**self.described(), "uploaded_at": iso(time.time())})


NOTHING_SAVED = Saved(0, 0, False)


def save_results(
    job: Job,
    bucket: Bucket,
    sync: ResultSync,
    note: Callable[[str], None],
    until: Callable[[], float],
    list_until: Callable[[], float],
) -> Saved:
    """Upload what is missing in the bucket, in several attempts, and verify each with a listing.

    Args:
        job: the job whose folder is the destination.
        bucket: the training bucket.
        sync: knows what was uploaded before.
        note: called with problems, for the log.
        until: returns when to stop uploading, in Unix seconds; called repeatedly.
        list_until: when to stop listing.

    Returns:
        What is in the bucket afterwards; complete only if all files are there in full.
    """
    saved = NOTHING_SAVED
    found = sync.walk()
    if not found.files and not found.problems and not sync.totals()[0]:
        return Saved(0, 0, True)
    for wait_seconds in (*_WAITS_SECONDS, 0):
        is_last = wait_seconds == 0
        done = sync.run(until, is_last=is_last)
        listed = _list(job, bucket, note, list_until)
        if listed is None:
            saved = Saved(*sync.totals(), False)
        else:
            # A file can change after it was uploaded.
            sizes = {one.name: one.identity.size for one in sync.walk().files}
            missing = [name for name, size in sizes.items() if listed.get(name) != size]
            sync.forget(missing)
            is_complete = done.is_complete and not missing and not sync.has_pending()
            saved = Saved(len(listed), sum(listed.values()), is_complete)
            if is_complete:
                _note_deleted(listed, sizes, note)
                return saved
            if missing:
                total = counted(len(sizes), "result")
                note(f"not saved completely, {len(missing)} of {total}: {named(missing)}")
        if time.time() + wait_seconds >= until():
            note("no time left to save more results; the rest stays on the volume")
            return saved
        time.sleep(wait_seconds)
    note("the results could not be saved completely")
    return saved


def _list(
    job: Job, bucket: Bucket, note: Callable[[str], None], until: Callable[[], float]
) -> dict[str, int] | None:
    try:
        return bucket.list_sizes(job.key(FOLDER), until)
    except AwsError as error:
        note(f"the saved results cannot be listed: {error}")
        return None


def _note_deleted(
    listed: dict[str, int], sizes: dict[str, int], note: Callable[[str], None]
) -> None:
    deleted = len(set(listed) - set(sizes))
    if deleted:
        note(f"the script has deleted {counted(deleted, 'saved result')} after a sync")
