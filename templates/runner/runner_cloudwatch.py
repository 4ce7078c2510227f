"""Sends log lines to CloudWatch Logs every few seconds. Failures do not affect the job.

It uses one open connection: a process per batch would use more of a small machine than the
training.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Sequence

from runner_http import AwsClient, AwsError, Request, endpoint
from runner_wording import counted

_SEND_INTERVAL_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 60.0
_API = "Logs_20140328"
# What a small machine's memory can hold.
_WAITING_LINES = 100_000
_WAITING_CHARACTERS = 16 * 1024 * 1024
# The limits of one PutLogEvents: 10,000 events, 1 MiB with 26 bytes per event, 24 hours.
_BATCH_EVENTS = 10_000
_BATCH_BYTES = 1_000_000
_EVENT_OVERHEAD_BYTES = 26
_BATCH_SPAN_MILLISECONDS = 23 * 3600 * 1000
# An event that is more than two hours ahead of CloudWatch's own clock is refused.
_LARGEST_STEP_BACK_MILLISECONDS = 3600 * 1000
_BATCH_ATTEMPTS = 8
_LAST_ATTEMPTS = 3

# Its time, its text, and how many lines were skipped in its place, 0 for a line itself.
_Event = tuple[int, str, int]


class CloudWatchSender:
    """Keeps lines until they are sent. If they come too fast, the oldest are skipped.

    Args:
        client: sends the requests.
        region: the Region of the log group.
        log_group: an existing log group.
        log_stream: created if it does not exist.
    """

    def __init__(self, client: AwsClient, region: str, log_group: str, log_stream: str) -> None:
        """Start a thread that sends lines."""
        self._client = client
        self._region = region
        self._names: dict[str, object] = {"logGroupName": log_group, "logStreamName": log_stream}
        self._waiting: deque[_Event] = deque()
        self._waiting_characters = 0
        self._last_at = 0
        self._lock = threading.Lock()
        self._has_full_batch = threading.Event()
        self._is_ending = threading.Event()
        self._ends_at = float("inf")
        self._thread = threading.Thread(target=self._send_all, daemon=True)
        self._thread.start()

    def add(self, lines: Sequence[str]) -> None:
        """Add lines. Empty ones become a blank, because CloudWatch rejects empty messages."""
        now = int(time.time() * 1000)
        # CloudWatch shows events by their time: a clock that is set back must not change the order.
        is_set_back = 0 < self._last_at - now < _LARGEST_STEP_BACK_MILLISECONDS
        self._last_at = now = self._last_at if is_set_back else now
        with self._lock:
            for line in lines:
                self._waiting.append((now, line or " ", 0))
                self._waiting_characters += len(line)
            self._make_room()
            if len(self._waiting) >= _BATCH_EVENTS:
                self._has_full_batch.set()

    def close(self, timeout_seconds: float = 20.0) -> None:
        """Send the remaining lines, for at most this long."""
        self._ends_at = time.monotonic() + timeout_seconds
        self._is_ending.set()
        self._has_full_batch.set()
        self._thread.join(timeout_seconds)

    def _send_all(self) -> None:
        pause_seconds = _SEND_INTERVAL_SECONDS
        failures, last_failures = 0, 0
        while True:
            (self._is_ending if failures else self._has_full_batch).wait(pause_seconds)
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
            while self._waiting and len(batch) < _BATCH_EVENTS:
                timestamp, line, skipped = self._waiting[0]
                message = line if not skipped else _skipped_message(skipped)
                size_bytes += len(message.encode("utf-8")) + _EVENT_OVERHEAD_BYTES
                is_too_late = batch and timestamp - batch[0][0] > _BATCH_SPAN_MILLISECONDS
                if size_bytes > _BATCH_BYTES or is_too_late:
                    break
                # Events must stay in order even if the clock was set back.
                timestamp = max(timestamp, batch[-1][0]) if batch else timestamp
                batch.append((timestamp, line, skipped))
                self._waiting_characters -= len(line)
                self._waiting.popleft()
            # Another batch that is full already follows at once.
            if len(self._waiting) < _BATCH_EVENTS and not self._is_ending.is_set():
                self._has_full_batch.clear()
            return batch

    def _put_back(self, batch: list[_Event], is_hopeless: bool) -> None:
        with self._lock:
            if is_hopeless:
                batch = [(batch[0][0], "", sum(skipped or 1 for _, _, skipped in batch))]
            self._waiting.extendleft(reversed(batch))
            self._waiting_characters += sum(len(line) for _, line, _ in batch)
            self._make_room()

    def _make_room(self) -> None:
        while len(self._waiting) > _WAITING_LINES or self._waiting_characters > _WAITING_CHARACTERS:
            at, count = self._waiting[0][0], 0
            # What was skipped before is one event with what is skipped now.
            for _ in range(1 + bool(self._waiting[0][2])):
                _, line, skipped = self._waiting.popleft()
                self._waiting_characters -= len(line)
                count += skipped or 1
            self._waiting.appendleft((at, "", count))

    def _send(self, batch: list[_Event]) -> bool:
        events = [
            {"timestamp": timestamp, "message": _skipped_message(skipped) if skipped else line}
            for timestamp, line, skipped in batch
        ]
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
            body=json.dumps(parameters, ensure_ascii=False).encode("utf-8"),
        )
        self._client.send(request, max(1.0, self._ends_at - time.monotonic()))


def _skipped_message(count: int) -> str:
    # The command counts these lines, to know which of log.txt it has not shown.
    return f"parris: {counted(count, 'line')} skipped; see log.txt"
