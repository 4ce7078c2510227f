"""Watches for stop.json, by which the controller asks for the end of a job in a container.

On EC2 the machine is shut down instead, which waits for the runner. A container that is terminated
has 30 s.
"""

from __future__ import annotations

import threading
import time

from runner_http import AwsError
from runner_s3 import Bucket

FILE = "stop.json"
_POLL_SECONDS = 10.0
_TIMEOUT_SECONDS = 10.0


class StopRequestWatch:
    """Polls for the file on a daemon thread."""

    def __init__(self, bucket: Bucket, key: str) -> None:
        """Create the thread without starting it."""
        self._bucket = bucket
        self._key = key
        self.came_at: float | None = None
        """When the request was found, in Unix seconds."""

    def start(self) -> None:
        """Start to poll."""
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while self.came_at is None:
            time.sleep(_POLL_SECONDS)
            try:
                self._bucket.get(self._key, lambda: time.time() + _TIMEOUT_SECONDS)
            except AwsError:
                # Usually there is no such object. Other errors may be transient.
                continue
            self.came_at = time.time()
