"""Uploads one file so that the bucket holds a consistent state of it.

A file that changes during its upload is uploaded again. An object in the bucket is never replaced
by half a checkpoint: a small file is read before it is sent, and the parts of a large file become
an object only if the file has not changed since the first part.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable

from runner_http import AwsError
from runner_pool import for_each
from runner_s3 import RESULT_WAITS_SECONDS, Bucket
from runner_walk import Identity, ResultFile, identity_of

SINGLE_BYTES = 8 * 1024 * 1024
"""Files up to this size are sent in one request, larger ones in parts of at least this size."""

_MOST_PARTS = 9_000
_ATTEMPTS = 3
# A file system's timestamps may have a resolution of several milliseconds.
_CLOCK_TICK_NS = 20_000_000


class StoppedError(Exception):
    """No time is left for this upload."""


class UnstableError(Exception):
    """The file changed during each attempt."""


class FileUpload:
    """Uploads files into one bucket.

    Args:
        bucket: the destination.
        until: when to give up, in Unix seconds.
        count: called with the uploaded bytes of large files.
    """

    def __init__(
        self, bucket: Bucket, until: Callable[[], float], count: Callable[[int], None]
    ) -> None:
        """Prepare."""
        self._bucket = bucket
        self._until = until
        self._count = count

    def upload(self, key: str, file: ResultFile, may_be_torn: bool) -> Identity | None:
        """Upload a file and return its uploaded state, or None if the file was deleted.

        Args:
            key: the key in the bucket.
            file: the file as the walk found it.
            may_be_torn: whether to upload a file that keeps changing, which raises nevertheless.

        Raises:
            AwsError: if the upload fails.
            OSError: if the file cannot be read.
            StoppedError: if there is no time left.
            UnstableError: if the file keeps changing.
        """
        for attempt in range(_ATTEMPTS):
            try:
                descriptor = os.open(file.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            except FileNotFoundError:
                return None
            try:
                is_last = attempt + 1 == _ATTEMPTS
                found = self._upload_once(key, descriptor, may_be_torn and is_last)
            finally:
                os.close(descriptor)
            if found is not None:
                return found
        raise UnstableError(file.name)

    def _upload_once(self, key: str, descriptor: int, is_torn_kept: bool) -> Identity | None:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise OSError("it is no longer a file")
        if time.time_ns() - before.st_ctime_ns < _CLOCK_TICK_NS:
            time.sleep(_CLOCK_TICK_NS / 1e9)
            before = os.fstat(descriptor)
        if before.st_size <= SINGLE_BYTES:
            content = os.pread(descriptor, before.st_size + 1, 0)
            is_stable = _is_same(descriptor, before) and len(content) == before.st_size
            if is_stable or is_torn_kept:
                self._bucket.put(key, content, self._until, RESULT_WAITS_SECONDS)
            # The next walk finds later changes of the file.
            return identity_of(before) if is_stable else None
        return self._upload_parts(key, descriptor, before, is_torn_kept)

    def _upload_parts(
        self, key: str, descriptor: int, before: os.stat_result, is_torn_kept: bool
    ) -> Identity | None:
        part_bytes = max(SINGLE_BYTES, -(-before.st_size // _MOST_PARTS))
        numbers = range(-(-before.st_size // part_bytes))
        tags: dict[int, str] = {}
        errors: list[Exception] = []
        upload_id = self._bucket.begin_parts(key, self._until)

        def put(number: int) -> None:
            start = number * part_bytes
            length = min(part_bytes, before.st_size - start)
            try:
                body = Slice(descriptor, start, length, self._until)
                tags[number] = self._bucket.put_part(key, upload_id, number + 1, body, self._until)
                self._count(length)
            except (AwsError, OSError, StoppedError) as error:
                errors.append(error)

        def should_stop() -> bool:
            return bool(errors) or not (is_torn_kept or _is_same(descriptor, before))

        is_done = False
        try:
            for_each(numbers, put, self._until, should_stop)
            is_stable = _is_same(descriptor, before)
            if len(tags) == len(numbers) and (is_stable or is_torn_kept):
                self._bucket.finish_parts(key, upload_id, [tags[number] for number in numbers])
                is_done = True
                return identity_of(before) if is_stable else None
        finally:
            if not is_done:
                self._bucket.drop_parts(key, upload_id)
        if time.time() >= self._until():
            raise StoppedError
        if not is_stable:
            return None
        raise errors[0] if errors else StoppedError


class Slice:
    """A part of a file, read while it is sent. It fails if the file shrinks."""

    def __init__(
        self, descriptor: int, start: int, length: int, until: Callable[[], float]
    ) -> None:
        """Start at the beginning of the part."""
        self.length = length
        self._descriptor = descriptor
        self._start = start
        self._position = 0
        self._until = until

    def rewind(self) -> None:
        """Go back to the start."""
        self._position = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next piece."""
        if time.time() >= self._until():
            raise StoppedError
        left = self.length - self._position
        wanted = left if size < 0 else min(size, left)
        if not wanted:
            return b""
        piece = os.pread(self._descriptor, wanted, self._start + self._position)
        if not piece:
            raise OSError("the file has become shorter")
        self._position += len(piece)
        return piece


def _is_same(descriptor: int, before: os.stat_result) -> bool:
    return identity_of(os.fstat(descriptor)) == identity_of(before)
