"""A clock that stands still until a test moves it."""

import threading
from collections.abc import Callable
from datetime import datetime

from embedded_aws.clock.real_clock import RealClock
from embedded_aws.context import Worker


class HandClock(RealClock):
    """Stands still; what is due happens when the test moves the clock."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._waiting: list[tuple[datetime, Callable[[], None]]] = []

    def now(self) -> datetime:
        """Return its present time."""
        return self._now

    def sleep(self, seconds: float, until: threading.Event) -> None:
        """Sleep in real time: these waits are short."""
        until.wait(seconds)

    def call_at(self, timestamp: datetime, action: Callable[[], None]) -> Callable[[], None]:
        """Wait briefly."""
        entry = (timestamp, action)
        self._waiting.append(entry)

        def cancel() -> None:
            if entry in self._waiting:
                self._waiting.remove(entry)

        return cancel

    def run_until(self, timestamp: datetime) -> None:
        """Do everything that is due until then, in order, and stop at that time."""
        while due := [entry for entry in self._waiting if entry[0] <= timestamp]:
            entry = min(due, key=lambda one: one[0])
            self._waiting.remove(entry)
            self._now = max(self._now, entry[0])
            worker = Worker(target=entry[1])
            worker.start()
            worker.join()
        self._now = timestamp
