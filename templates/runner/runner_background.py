"""Syncs the results while the script runs, and decides when it must stop for the final upload."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from runner_deadline import Deadline
from runner_pace import Load, Pace
from runner_sync import ResultSync

_TICK_SECONDS = 0.5
# How often the folder is checked between two syncs when a limit is near.
_SHORTEST_CHECK_SECONDS = 1.0
_CHECKS_TO_THE_LIMIT = 20
_LARGEST_CHECK_SHARE = 0.02
_EXPECTED_PASSES = 3
_FIRST_SYNC_SHARE = 0.1
_LAST_FILES_SECONDS = 20.0
_LATE_SECONDS = 0.2


class BackgroundSync:
    """One thread that runs from the start of the script to its end.

    Args:
        sync: uploads the results.
        pace: the measured upload speed.
        interval_seconds: from the end of one sync to the start of the next.
        note: called with failures.
        until: when all uploads must end, in Unix seconds.
    """

    def __init__(
        self,
        sync: ResultSync,
        pace: Pace,
        interval_seconds: float,
        note: Callable[[str], None],
        until: Callable[[], float],
    ) -> None:
        """Create the thread without starting it."""
        self._sync = sync
        self._pace = pace
        self._interval_seconds = interval_seconds
        self._note = note
        self._until = until
        self._deadline: Deadline | None = None
        self._started_at = 0.0
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._is_first = True
        self._later_loads: deque[Load] = deque(maxlen=_EXPECTED_PASSES)
        self.synced_at: float | None = None
        """When the last complete sync ended."""

    def start(self, deadline: Deadline | None) -> None:
        """Start the thread, when the script starts."""
        self._deadline = deadline
        self._started_at = time.time()
        self._thread.start()

    def stop(self) -> None:
        """Stop after the files that are being uploaded."""
        self._is_ending.set()
        if self._thread.is_alive():
            left_seconds = self._until() + _LATE_SECONDS - time.time()
            self._thread.join(max(0.0, min(_LAST_FILES_SECONDS, left_seconds)))

    def is_time_to_save(self) -> bool:
        """Return whether the script must stop now so that its results arrive before the limit."""
        deadline = self._deadline
        return deadline is not None and deadline.is_time_to_save(
            time.time(), self._started_at, self._upload_seconds()
        )

    def _upload_seconds(self) -> float:
        """Return how long an upload after the script's end would take.

        It assumes what has changed so far. If the script is likely to write more when it stops,
        it assumes as much as in one of the last syncs. The first sync uploads everything, so it
        does not count.
        """
        loads = [self._sync.pending(), *self._later_loads]
        return max(self._pace.seconds(load) for load in loads)

    def _run(self) -> None:
        next_sync_at = time.time() + self._first_sync_seconds()
        next_check_at = time.time() + self._check_seconds(0.0)
        while not self._is_ending.wait(min(_TICK_SECONDS, self._interval_seconds / 5)):
            now = time.time()
            try:
                if now < next_sync_at and now >= next_check_at:
                    self._sync.walk()
                    next_check_at = time.time() + self._check_seconds(time.time() - now)
                    if self._is_urgent():
                        next_sync_at = now
                if now >= next_sync_at:
                    self._run_sync()
                    next_sync_at = time.time() + self._interval_seconds
                    next_check_at = time.time() + self._check_seconds(0.0)
            except Exception as error:  # the final save tries again
                self._note(f"a sync of the results failed: {error!r}")
                next_sync_at = time.time() + self._interval_seconds
                next_check_at = next_sync_at

    def _run_sync(self) -> None:
        self._sync.walk()
        load = self._sync.pending()
        if not self._is_first and (load.objects or load.large_bytes):
            # Known at the start of the pass, which may itself last until the limit.
            self._later_loads.append(load)
        self._is_first = False
        if self._sync.run(self._until, self._is_ending.is_set).is_complete:
            self.synced_at = time.time()

    def _first_sync_seconds(self) -> float:
        """Return when to sync first: early enough to know the upload speed before the limit."""
        if self._deadline is None:
            return self._interval_seconds
        left_seconds = max(0.0, self._deadline.stop_at - time.time())
        return min(self._interval_seconds, left_seconds * _FIRST_SYNC_SHARE)

    def _is_urgent(self) -> bool:
        """Return whether waiting for the next sync would leave too much for the end."""
        deadline, pending = self._deadline, self._sync.pending()
        if deadline is None or not (pending.objects or pending.large_bytes):
            return False
        seconds = self._pace.seconds(pending)
        looks = 2 * self._check_seconds(0.0)
        wanted_at = deadline.upload_until - deadline.grace_seconds - 2 * seconds - looks
        return time.time() >= wanted_at

    def _check_seconds(self, took_seconds: float) -> float:
        """Return the interval between checks of the folder, which themselves take time."""
        if self._deadline is None:
            return self._interval_seconds
        left_seconds = max(0.0, self._deadline.stop_at - time.time())
        wanted = max(_SHORTEST_CHECK_SECONDS, left_seconds / _CHECKS_TO_THE_LIMIT)
        return max(min(wanted, self._interval_seconds), took_seconds / _LARGEST_CHECK_SHARE)
