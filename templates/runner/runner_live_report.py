"""Writes a report while the script runs, on a thread of its own, so that nothing waits for S3."""

from __future__ import annotations

import threading

from runner_http import AwsError
from runner_s3 import Bucket

_RETRY_SECONDS = 10.0
_LAST_SECONDS = 5.0


class LiveReport:
    """One object of the training bucket, of which the latest content counts.

    Args:
        bucket: the training bucket.
        key: the key of the object.
    """

    def __init__(self, bucket: Bucket, key: str) -> None:
        """Start no thread before there is something to write."""
        self._bucket = bucket
        self._key = key
        self._text: str | None = None
        self._written: str | None = None
        self._is_new = threading.Event()
        self._is_ending = threading.Event()
        self._thread: threading.Thread | None = None

    def put(self, text: str) -> None:
        """Write this as soon as possible, instead of anything that is not written yet."""
        self._text = text
        self._is_new.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._write_all, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Write what has not been written yet, for a few seconds at most."""
        self._is_ending.set()
        self._is_new.set()
        if self._thread is not None:
            self._thread.join(_LAST_SECONDS)

    def _write_all(self) -> None:
        while True:
            self._is_new.wait()
            self._is_new.clear()
            is_last = self._is_ending.is_set()
            while self._written != self._text and not self._has_written():
                if self._is_ending.wait(_RETRY_SECONDS):
                    break
            if is_last:
                return

    def _has_written(self) -> bool:
        text = self._text or ""
        try:
            self._bucket.put(self._key, text.encode())
        except AwsError:
            return False
        self._written = text
        return self._text == text
