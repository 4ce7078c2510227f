"""Collects the metrics that a script prints: all values in a file, and the last one of each."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from runner_clock import iso
from runner_metric_lines import LONGEST_LINE_CHARACTERS, read_metrics, step_of, value_of
from runner_metrics_file import MetricsFile, Row
from runner_pattern_search import PatternSearch, PatternsFailedError
from runner_text import without_colours
from runner_wording import counted, named

MOST_NAMES = 100
_WAITING_LINES = 50_000
_BATCH_LINES = 500
_STEP = "step"


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
        self._patterns = patterns
        self._search: PatternSearch | None = None
        self._note = note
        self._followers = followers
        self._has_noted: set[str] = set()
        self._waiting: deque[tuple[float, str]] = deque(maxlen=_WAITING_LINES)
        self._left_out_count = 0
        self._has_more = threading.Event()
        self._is_ending = threading.Event()
        self._lock = threading.Lock()
        self._last: dict[str, Row] = {}
        self._step: int | None = None
        self._thread = threading.Thread(target=self._read_all, daemon=True)
        self._thread.start()

    def add(self, lines: Sequence[str]) -> None:
        """Add lines of the log, with their colours."""
        now = time.time()
        wanted = [(now, line) for line in lines if self._patterns or "step=" in line.lower()]
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
        texts = [without_colours(line)[:LONGEST_LINE_CHARACTERS] for _, line in lines]
        searched = self._search_with_patterns(texts)
        rows: list[Row] = []
        for (at, _), text, found in zip(lines, texts, searched):
            for step, name, value in self._values_in(text, found):
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

    def _values_in(self, text: str, found: dict[str, str]) -> list[tuple[int | None, str, object]]:
        read = read_metrics(text) or (None, {})
        step = step_of(found.pop(_STEP, "").strip()) if _STEP in found else read[0]
        self._step = self._step if step is None else step
        values: dict[str, object] = {**read[1]}
        for name, caught in found.items():
            try:
                values[name] = value_of(caught)
            except ValueError:
                self._note_once(f"metrics: {named([caught])} is not a number for {name}")
        return [(self._step, name, value) for name, value in values.items()]

    def _search_with_patterns(self, texts: list[str]) -> list[dict[str, str]]:
        if not self._patterns:
            return [{} for _ in texts]
        try:
            if self._search is None:
                self._search = PatternSearch(self._patterns)
            return self._search.search(texts)
        except (PatternsFailedError, OSError) as error:
            self._patterns = {}
            self._note_once(f"metrics: the config's expressions are no longer used: {error}")
            return [{} for _ in texts]

    def _write(self, rows: list[Row]) -> None:
        if self._file is None:
            return
        try:
            self._file.add(rows)
        except (OSError, ValueError) as error:
            self._file = None
            self._note_once(f"metrics: {self._path.name} cannot be written any more: {error}")

    def _finish(self) -> None:
        if self._search is not None:
            self._search.close()
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
