"""Reports which rungs a trial of a sweep has reached: after how many values of the goal metric.

The controller compares the trials there, and stops those that are not among the best. It reads no
metric lines: the arrival of this file wakes it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

from runner_http import AwsError
from runner_metrics_file import Row
from runner_s3 import Bucket

FILE = "rungs.json"
_RETRY_SECONDS = 10.0
_LAST_SECONDS = 5.0


class Rungs:
    """Counts the values of one metric, and writes the file on a thread of its own at each rung.

    Args:
        bucket: the training bucket.
        key: the key of the file.
        rungs: the `metric`, and after how many `reports` of it a rung is reached; None for a job
            that is no such trial.
    """

    def __init__(self, bucket: Bucket, key: str, rungs: Mapping[str, Any] | None) -> None:
        """Start no thread before the first rung is reached."""
        self._bucket = bucket
        self._key = key
        self._metric = "" if rungs is None else str(rungs["metric"])
        self._reports = frozenset(() if rungs is None else rungs["reports"])
        self._count = 0
        self._reached: list[dict[str, object]] = []
        self._is_new = threading.Event()
        self._is_ending = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, rows: list[Row]) -> None:
        """Count the values of the metric among these."""
        for row in rows:
            if row["name"] == self._metric:
                self._count += 1
                if self._count in self._reports:
                    self._reach(row)

    def close(self) -> None:
        """Write what has not been written yet, for a few seconds at most."""
        self._is_ending.set()
        self._is_new.set()
        if self._thread is not None:
            self._thread.join(_LAST_SECONDS)

    def _reach(self, row: Row) -> None:
        reached = {name: row[name] for name in ("value", "step", "at")}
        self._reached = [*self._reached, {"reports": self._count, **reached}]
        self._is_new.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._write_all, daemon=True)
            self._thread.start()

    def _write_all(self) -> None:
        written_count = 0
        while True:
            self._is_new.wait()
            self._is_new.clear()
            is_last = self._is_ending.is_set()
            while written_count < len(self._reached):
                reached = self._reached
                if self._has_written(reached):
                    written_count = len(reached)
                elif self._is_ending.wait(_RETRY_SECONDS):
                    break
            if is_last:
                return

    def _has_written(self, reached: list[dict[str, object]]) -> bool:
        """Write the file, with all rungs so far: an event that was lost is made up for."""
        body = {"metric": self._metric, "rungs": reached}
        try:
            self._bucket.put(self._key, json.dumps(body).encode())
        except AwsError:
            return False
        return True
