"""Sends the log's lines to CloudWatch Logs every few seconds; its failures end nothing.

One connection stays open for all of it: a process for each batch would take more of a small
machine than the training does.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque

from runner_http import AwsClient, AwsError, Request, endpoint
from runner_wording import counted

_SEND_INTERVAL_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 60.0
_API = "Logs_20140328"
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
        client: sends them.
        region: of the log group.
        log_group: must exist.
        log_stream: made where it does not exist.
    """

    def __init__(self, client: AwsClient, region: str, log_group: str, log_stream: str) -> None:
        """Start sending, on a thread of its own."""
        self._client = client
        self._region = region
        self._names: dict[str, object] = {"logGroupName": log_group, "logStreamName": log_stream}
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
                if self._send(batch):
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
                batch.append(
                    (moment, f"parris: {counted(self._skipped, 'line')} skipped; see log.txt")
                )
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

    def _send(self, batch: list[_Event]) -> bool:
        events = [{"timestamp": moment, "message": line} for moment, line in batch]
        try:
            try:
                self._call("PutLogEvents", {**self._names, "logEvents": events})
            except AwsError as error:
                if not error.code.startswith("ResourceNotFound"):
                    raise
                self._call("CreateLogStream", self._names)
                self._call("PutLogEvents", {**self._names, "logEvents": events})
        except AwsError:
            return False
        return True

    def _call(self, operation: str, parameters: dict[str, object]) -> None:
        request = Request(
            service="logs",
            region=self._region,
            method="POST",
            base=endpoint("logs", self._region),
            path="/",
            headers={
                "content-type": "application/x-amz-json-1.1",
                "x-amz-target": f"{_API}.{operation}",
            },
            body=json.dumps(parameters).encode("ascii"),
        )
        self._client.send(request, max(1.0, self._ends_at - time.monotonic()))
