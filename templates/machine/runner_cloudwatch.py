"""Sends the log's lines to CloudWatch Logs every few seconds; its failures end nothing."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from pathlib import Path

from runner_aws import Answer, run_aws

_SEND_INTERVAL_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 60.0
_CALL_TIMEOUT_SECONDS = 30.0
_WAITING_LINES = 20_000
# What one PutLogEvents takes: 10,000 events, 1 MiB with 26 bytes for each, 24 hours.
_BATCH_EVENTS = 5_000
_BATCH_BYTES = 900_000
_EVENT_OVERHEAD_BYTES = 26
_BATCH_SPAN_MILLISECONDS = 23 * 3600 * 1000
_BATCH_ATTEMPTS = 8
_LAST_ATTEMPTS = 3

_Event = tuple[int, str]


class CloudWatchSender:
    """Keeps lines until they are sent; where they come too fast, the oldest are skipped.

    Args:
        log_group: must exist.
        log_stream: made where it does not exist.
        folder: for the batches, which are too long for a command line.
    """

    def __init__(self, log_group: str, log_stream: str, folder: Path) -> None:
        """Start sending, on a thread of its own."""
        self._names = ["--log-group-name", log_group, "--log-stream-name", log_stream]
        self._batch_path = folder / "log-batch.json"
        self._waiting: deque[_Event] = deque()
        self._skipped = 0
        self._lock = threading.Lock()
        self._is_ending = threading.Event()
        self._ends_at = float("inf")
        self._thread = threading.Thread(target=self._send_all, daemon=True)
        self._thread.start()

    def add(self, line: str) -> None:
        """Take one line; an empty one is a blank, which is the least that CloudWatch takes."""
        with self._lock:
            if len(self._waiting) >= _WAITING_LINES:
                self._waiting.popleft()
                self._skipped += 1
            self._waiting.append((int(time.time() * 1000), line or " "))

    def close(self, timeout_seconds: float = 20.0) -> None:
        """Send what is left, for at most that long."""
        self._ends_at = time.monotonic() + timeout_seconds
        self._is_ending.set()
        self._thread.join(timeout_seconds)

    def _send_all(self) -> None:
        pause_seconds = _SEND_INTERVAL_SECONDS
        failures, last_failures = 0, 0
        while True:
            self._is_ending.wait(pause_seconds)
            is_last_round = self._is_ending.is_set()
            batch = self._take_batch()
            if batch:
                if self._send(batch).is_success:
                    failures, pause_seconds = 0, _SEND_INTERVAL_SECONDS
                else:
                    failures += 1
                    pause_seconds = min(pause_seconds * 2, _LONGEST_PAUSE_SECONDS)
                    self._put_back(batch, is_hopeless=failures >= _BATCH_ATTEMPTS)
                    failures %= _BATCH_ATTEMPTS
                    if is_last_round:
                        last_failures += 1
                        time.sleep(1)
            elif is_last_round:
                return
            if last_failures == _LAST_ATTEMPTS or time.monotonic() > self._ends_at:
                return

    def _take_batch(self) -> list[_Event]:
        with self._lock:
            batch: list[_Event] = []
            size_bytes = 0
            if self._skipped:
                moment = self._waiting[0][0] if self._waiting else int(time.time() * 1000)
                batch.append((moment, f"parris: {self._skipped} lines skipped; log.txt has them"))
                self._skipped = 0
            while self._waiting and len(batch) < _BATCH_EVENTS:
                moment, line = self._waiting[0]
                size_bytes += len(line.encode("utf-8")) + _EVENT_OVERHEAD_BYTES
                is_too_late = batch and moment - batch[0][0] > _BATCH_SPAN_MILLISECONDS
                if size_bytes > _BATCH_BYTES or is_too_late:
                    break
                # A clock that was set back must not put the events out of order.
                moment = max(moment, batch[-1][0]) if batch else moment
                batch.append((moment, line))
                self._waiting.popleft()
            return batch

    def _put_back(self, batch: list[_Event], is_hopeless: bool) -> None:
        with self._lock:
            room = 0 if is_hopeless else max(0, _WAITING_LINES - len(self._waiting))
            first_kept = max(0, len(batch) - room)
            self._skipped += first_kept
            self._waiting.extendleft(reversed(batch[first_kept:]))

    def _send(self, batch: list[_Event]) -> Answer:
        events = [{"timestamp": moment, "message": line} for moment, line in batch]
        try:
            self._batch_path.write_text(json.dumps(events), encoding="ascii")
        except OSError as error:
            return Answer(False, "", f"the batch cannot be written: {error}")
        answer = self._put_batch()
        if not answer.is_success and "ResourceNotFoundException" in answer.error:
            run_aws(["logs", "create-log-stream", *self._names], _CALL_TIMEOUT_SECONDS)
            answer = self._put_batch()
        return answer

    def _put_batch(self) -> Answer:
        events = f"file://{self._batch_path}"
        return run_aws(
            ["logs", "put-log-events", *self._names, "--log-events", events],
            _CALL_TIMEOUT_SECONDS,
        )
