"""What is to happen at moments of the machine's time: one thread looks after all of it."""

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from embedded_aws.context import Context

# A wait is cut into pieces, so that a clock that was set, or a machine that slept, is noticed.
_LONGEST_WAIT_SECONDS = 5.0


class Timetable:
    """Starts each action of one embedded AWS at its moment, on a worker of its own."""

    def __init__(self, context: Context) -> None:
        """Wait for nothing yet; the thread starts with the first entry."""
        self._context = context
        self._moments: list[tuple[datetime, int]] = []
        self._actions: dict[int, Callable[[], None]] = {}
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def add(self, moment: datetime, action: Callable[[], None]) -> Callable[[], None]:
        """Enter an action and return what strikes it out."""
        with self._changed:
            number = next(self._numbers)
            self._actions[number] = action
            heapq.heappush(self._moments, (moment, number))
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._keep, daemon=True)
                self._thread.start()
            self._changed.notify()

        def cancel() -> None:
            with self._changed:
                self._actions.pop(number, None)

        return cancel

    def close(self) -> None:
        """Forget every entry, and start nothing any more."""
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
                action = self._actions.pop(heapq.heappop(self._moments)[1], None)
                if action is not None:  # and was not cancelled
                    return action
        return None

    def _seconds_until_next(self) -> float | None:
        if not self._moments:
            return None
        seconds = (self._moments[0][0] - datetime.now(UTC)).total_seconds()
        return min(seconds, _LONGEST_WAIT_SECONDS)
