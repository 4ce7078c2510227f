"""Writes a heartbeat every five minutes. Failures do not affect the job."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from runner_clock import iso
from runner_http import AwsError
from runner_s3 import Bucket

INTERVAL_SECONDS = 300.0
FILE = "heartbeat.json"


class Heartbeat:
    """Writes heartbeats from `start` until the process ends, also while results are saved.

    Args:
        bucket: the training bucket.
        key: the key of the object.
        results_synced_at: returns when the last sync ended, or None if none has.
        last_metrics: returns the last value of each metric.
    """

    def __init__(
        self,
        bucket: Bucket,
        key: str,
        results_synced_at: Callable[[], float | None],
        last_metrics: Callable[[], dict[str, dict[str, object]]],
    ) -> None:
        """Create the thread without starting it."""
        self._bucket = bucket
        self._key = key
        self._results_synced_at = results_synced_at
        self._last_metrics = last_metrics
        self.is_script_running = False

    def start(self) -> None:
        """Write a heartbeat now, and then every five minutes."""
        threading.Thread(target=self._beat_on, daemon=True).start()

    def _beat_on(self) -> None:
        while True:
            next_at = time.monotonic() + INTERVAL_SECONDS
            with suppress(AwsError):  # the next heartbeat replaces it
                self._bucket.put(self._key, self._text().encode())
            time.sleep(max(0.0, next_at - time.monotonic()))

    def _text(self) -> str:
        synced_at = self._results_synced_at()
        return json.dumps(
            {
                "written_at": iso(time.time()),
                "is_script_running": self.is_script_running,
                "results_synced_at": None if synced_at is None else iso(synced_at),
                "metrics": self._last_metrics(),
            }
        )
