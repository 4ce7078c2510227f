"""Runs actions at given machine times, all watched by one thread."""

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from embedded_aws.context import Context

# Long waits are split, so that a clock adjustment or a suspended machine is noticed.
_LONGEST_WAIT_SECONDS = 5.0


class Timetable:
    """Starts each action of one embedded AWS at its time, on a worker of its own."""

    def __init__(self, context: Context) -> None:
        """Create an empty timetable; the thread starts with the first entry."""
        self._context = context
        self._timestamps: list[tuple[datetime, int]] = []
        self._actions: dict[int, Callable[[], None]] = {}
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def add(self, timestamp: datetime, action: Callable[[], None]) -> Callable[[], None]:
        """Add an action and return a function that cancels it."""
        with self._changed:
            number = next(self._numbers)
            self._actions[number] = action
            heapq.heappush(self._timestamps, (timestamp, number))
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._keep, daemon=True)
                self._thread.start()
            self._changed.notify()

        def cancel() -> None:
            with self._changed:
                self._actions.pop(number, None)

        return cancel

    def close(self) -> None:
        """Drop every entry, and start nothing from now on."""
        with self._changed:
            self._is_closed = True
            self._actions.clear()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _keep(self) -> None:
        while (action := self._next_due()) is not None:
            self._context.run_in_background(action)

    def _next_due(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._is_closed:
                wait_seconds = self._seconds_until_next()
                if wait_seconds is None or wait_seconds > 0:
                    self._changed.wait(wait_seconds)
                    continue
                action = self._actions.pop(heapq.heappop(self._timestamps)[1], None)
                if action is not None:  # and was not cancelled
                    return action
        return None

    def _seconds_until_next(self) -> float | None:
        if not self._timestamps:
            return None
        seconds = (self._timestamps[0][0] - datetime.now(UTC)).total_seconds()
        return min(seconds, _LONGEST_WAIT_SECONDS)
