"""Collects the metrics that a script prints: all values in a file, and the last one of each."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from runner_clock import iso
from runner_metric_reader import MetricReader
from runner_metrics_file import MetricsFile, Row
from runner_wording import counted

MOST_NAMES = 100
_WAITING_LINES = 50_000
_BATCH_LINES = 500


class Metrics:
    """Reads lines on a separate thread. If they come too fast, the oldest are skipped.

    Args:
        path: the path of metrics.jsonl.
        patterns: the regular expressions of the config by metric name, each with one group.
        note: called with problems, for the log.
        followers: called with the values of some lines, on the thread that reads them.
    """

    def __init__(
        self,
        path: Path,
        patterns: Mapping[str, str],
        note: Callable[[str], None],
        followers: Sequence[Callable[[list[Row]], None]] = (),
    ) -> None:
        """Start the thread."""
        self._file: MetricsFile | None = MetricsFile(path)
        self._path = path
        self._reader = MetricReader(patterns, self._note_once)
        self._note = note
        self._followers = followers
        self._has_noted: set[str] = set()
        self._waiting: deque[tuple[float, str]] = deque(maxlen=_WAITING_LINES)
        self._left_out_count = 0
        self._has_more = threading.Event()
        self._is_ending = threading.Event()
        self._lock = threading.Lock()
        self._last: dict[str, Row] = {}
        self._thread = threading.Thread(target=self._read_all, daemon=True)
        self._thread.start()

    def add(self, lines: Sequence[str]) -> None:
        """Add lines of the log, with their colours."""
        now = time.time()
        wanted = [(now, line) for line in lines if self._reader.can_have_metrics(line)]
        if not wanted or self._is_ending.is_set():
            return
        too_many = len(self._waiting) + len(wanted) - _WAITING_LINES
        self._left_out_count += max(0, too_many)
        self._waiting.extend(wanted)
        self._has_more.set()

    def last_values(self) -> dict[str, dict[str, object]]:
        """Return the last value of each metric, with its step and its time."""
        with self._lock:
            return {
                name: {"value": row["value"], "step": row["step"], "at": row["at"]}
                for name, row in self._last.items()
            }

    def close(self, timeout_seconds: float = 5.0) -> None:
        """Read the remaining lines, for at most this long."""
        self._is_ending.set()
        self._has_more.set()
        self._thread.join(timeout_seconds)

    def file_text(self) -> str:
        """Return the content of metrics.jsonl; empty if there is none.

        Raises:
            OSError: if it cannot be read.
        """
        return self._path.read_text(encoding="utf-8") if self._last else ""

    def _read_all(self) -> None:
        while True:
            self._has_more.wait()
            self._has_more.clear()
            is_last = self._is_ending.is_set()
            while self._waiting:
                count = min(_BATCH_LINES, len(self._waiting))
                self._read([self._waiting.popleft() for _ in range(count)])
            if is_last:
                self._finish()
                return

    def _read(self, lines: list[tuple[float, str]]) -> None:
        rows: list[Row] = []
        read = self._reader.read([line for _, line in lines])
        for (at, _), found in zip(lines, read):
            for step, name, value in found:
                if name in self._last or len(self._last) < MOST_NAMES:
                    row: Row = {"step": step, "name": name, "value": value, "at": iso(at)}
                    rows.append(row)
                    with self._lock:
                        self._last[name] = row
                else:
                    self._note_once(f"metrics: only the first {MOST_NAMES} names are kept")
        for follow in self._followers:
            follow(rows)
        self._write(rows)

    def _write(self, rows: list[Row]) -> None:
        if self._file is None:
            return
        try:
            self._file.add(rows)
        except (OSError, ValueError) as error:
            self._file = None
            self._note_once(f"metrics: {self._path.name} cannot be written any more: {error}")

    def _finish(self) -> None:
        self._reader.close()
        if self._left_out_count:
            lines = counted(self._left_out_count, "line")
            self._note_once(f"metrics: {lines} came too fast to be read for metrics")
        if self._file is not None:
            try:
                self._file.finish()
            except (OSError, ValueError) as error:
                self._note_once(f"metrics: {self._path.name} lacks its last values: {error}")

    def _note_once(self, text: str) -> None:
        if text not in self._has_noted and len(self._has_noted) < MOST_NAMES:
            self._has_noted.add(text)
            self._note(text)
