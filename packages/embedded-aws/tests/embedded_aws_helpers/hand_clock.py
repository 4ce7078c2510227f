"""A clock that stands still until a test moves it."""

import threading
from collections.abc import Callable
from datetime import datetime

from embedded_aws.clock.real_clock import RealClock
from embedded_aws.context import Worker


class HandClock(RealClock):
    """Stands at a moment; what is due on the way to another happens when the test goes there."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._waiting: list[tuple[datetime, Callable[[], None]]] = []

    def now(self) -> datetime:
        """Return the moment at which it stands."""
        return self._now

    def sleep(self, seconds: float, until: threading.Event) -> None:
        """Sleep for real: what these tests wait for in passing is short."""
        until.wait(seconds)

    def call_at(self, moment: datetime, action: Callable[[], None]) -> Callable[[], None]:
        """Wait for a moment."""
        entry = (moment, action)
        self._waiting.append(entry)

        def cancel() -> None:
            if entry in self._waiting:
                self._waiting.remove(entry)

        return cancel

    def run_until(self, moment: datetime) -> None:
        """Do all that is due until then, in its order, and stand at that moment."""
        while due := [entry for entry in self._waiting if entry[0] <= moment]:
            entry = min(due, key=lambda one: one[0])
            self._waiting.remove(entry)
            self._now = max(self._now, entry[0])
            worker = Worker(target=entry[1])
            worker.start()
            worker.join()
        self._now = moment
