"""Syncs the results folder to the bucket; each pass uploads only what has changed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from runner_http import AwsError
from runner_job import Job
from runner_names import LONGEST_KEY_BYTES
from runner_pace import SMALL_BYTES, Load, Meter, Pace
from runner_pool import for_each
from runner_s3 import Bucket
from runner_upload import SINGLE_BYTES, FileUpload, StoppedError, UnstableError
from runner_walk import Identity, ResultFile, Walk, walk_results
from runner_wording import counted, named

FOLDER = "results/"
NAMES_FILE = "results-names.json"
# After this many consecutive failures, the rest would fail as well.
_HOPELESS_FAILURES = 24


@dataclass(frozen=True)
class Pass:
    """One pass over the folder: what was found, and whether all of it was uploaded unchanged."""

    walk: Walk
    is_complete: bool


class ResultSync:
    """Syncs the folder, and knows which state of which file is in the bucket.

    Args:
        job: the job whose folder is the destination.
        bucket: the training bucket.
        folder: the results folder.
        note: called with each problem once, for the log.
        pace: receives the upload speed.
    """

    def __init__(
        self, job: Job, bucket: Bucket, folder: str, note: Callable[[str], None], pace: Pace
    ) -> None:
        """Upload nothing yet."""
        self._job = job
        self._bucket = bucket
        self._folder = folder
        self._note = note
        self._pace = pace
        self._noted: set[str] = set()
        self._saved: dict[str, Identity] = {}
        self._names_saved: dict[str, str] = {}
        self._lock = threading.Lock()
        self._pending: dict[str, int] = {}
        self._errors: list[str] = []
        self._failures_in_a_row = 0
        self._arrived: set[str] = set()

    def walk(self) -> Walk:
        """List the folder."""
        longest = LONGEST_KEY_BYTES - len(self._job.key(FOLDER).encode())
        walk = walk_results(self._folder, longest)
        for remark in (*walk.remarks, *walk.problems):
            self.note_once(f"results: {remark}")
        pending = {one.name: one.identity.size for one in self._changed(walk)}
        with self._lock:
            self._pending = pending
        return walk

    def pending(self) -> Load:
        """Return what the last walk has found that is not uploaded yet."""
        with self._lock:
            return Load.of(list(self._pending.values()))

    def has_pending(self) -> bool:
        """Return whether the last walk has found anything that is not uploaded yet."""
        with self._lock:
            return bool(self._pending)

    def totals(self) -> tuple[int, int]:
        """Return the number of uploaded files and their bytes."""
        with self._lock:
            sizes = [identity.size for identity in self._saved.values()]
        return len(sizes), sum(sizes)

    def forget(self, names: list[str]) -> None:
        """Mark files as missing in the bucket, so that they are uploaded again."""
        for name in names:
            self._saved.pop(name, None)

    def run(
        self,
        until: Callable[[], float],
        should_stop: Callable[[], bool] = lambda: False,
        is_last: bool = False,
    ) -> Pass:
        """Upload what has changed since the last pass.

        Args:
            until: when to give up, in Unix seconds.
            should_stop: True ends the pass after the files that are being uploaded.
            is_last: no further pass follows, so files that keep changing are uploaded as they are.
        """
        walk = self.walk()
        changed = sorted(self._changed(walk), key=lambda one: one.identity.size)
        self._errors, self._failures_in_a_row, self._arrived = [], 0, set()
        self._save_names(walk, until)

        def is_hopeless() -> bool:
            return should_stop() or self._failures_in_a_row >= _HOPELESS_FAILURES

        small = [one for one in changed if one.identity.size <= SMALL_BYTES]
        medium = [one for one in changed if SMALL_BYTES < one.identity.size <= SINGLE_BYTES]
        large = [one for one in changed if one.identity.size > SINGLE_BYTES]
        objects = self._pace.meter_objects()
        for_each(small, lambda one: self._upload(one, until, objects, is_last), until, is_hopeless)
        objects.finish()
        octets = self._pace.meter_bytes()
        for_each(medium, lambda one: self._upload(one, until, octets, is_last), until, is_hopeless)
        for one in large:
            if is_hopeless() or time.time() >= until():
                break
            self._upload(one, until, octets, is_last)
        octets.finish()
        for error in self._errors[:3]:
            self.note_once(f"upload of results: {error}")
        have_arrived = all(one.name in self._arrived for one in changed)
        return Pass(walk, have_arrived and not walk.problems)

    def note_once(self, text: str) -> None:
        """Note each message only once."""
        if text not in self._noted:
            self._noted.add(text)
            self._note(text)

    def _changed(self, walk: Walk) -> list[ResultFile]:
        saved = self._saved
        return [one for one in walk.files if saved.get(one.name) != one.identity]

    def _upload(
        self, one: ResultFile, until: Callable[[], float], meter: Meter, is_last: bool
    ) -> None:
        is_large = one.identity.size > SINGLE_BYTES
        upload = FileUpload(self._bucket, until, meter.add if is_large else lambda count: None)
        may_be_torn = is_last or one.name not in self._saved
        try:
            arrived = upload.upload(self._job.key(FOLDER) + one.name, one, may_be_torn)
        except StoppedError:
            return
        except UnstableError:
            self.note_once(f"results: {named([one.name])} changes while it is uploaded")
            return
        except (AwsError, OSError) as error:
            self._errors.append(f"{named([one.name])}: {error}")
            self._failures_in_a_row += 1
            return
        self._failures_in_a_row = 0
        if not is_large:
            meter.add(one.identity.size if one.identity.size > SMALL_BYTES else 1)
        with self._lock:
            self._pending.pop(one.name, None)
            self._arrived.add(one.name)
            # A deleted file is not missing.
            self._saved[one.name] = one.identity if arrived is None else arrived

    def _save_names(self, walk: Walk, until: Callable[[], float]) -> None:
        """Save the original names of encoded files, before the files."""
        if walk.encoded == self._names_saved or not walk.encoded:
            return
        self.note_once(
            f"results: {counted(len(walk.encoded), 'name')} percent-encoded, because S3 does not"
            f" allow such keys; {NAMES_FILE} has the original names: {named(sorted(walk.encoded))}"
        )
        text = json.dumps(walk.encoded, indent=1, sort_keys=True)
        try:
            self._bucket.put(self._job.key(NAMES_FILE), text.encode(), until)
        except AwsError as error:
            self._errors.append(f"{NAMES_FILE}: {error}")
        else:
            self._names_saved = walk.encoded
