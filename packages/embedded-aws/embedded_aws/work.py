"""Counts the threads that work for an embedded AWS, and those that only wait for its clock."""

import threading
from collections import Counter


class Work:
    """Counts the work of one embedded AWS.

    `changed` guards the counts, and is notified when no thread is busy any more.
    """

    def __init__(self) -> None:
        """Start with no work."""
        self.changed = threading.Condition()
        self._names: Counter[str] = Counter()
        self._under_way = 0
        self._parked = 0

    def begin(self, what: str) -> None:
        """Count one more piece of work."""
        with self.changed:
            self._names[what] += 1
            self._under_way += 1

    def end(self, what: str) -> None:
        """End counted work."""
        with self.changed:
            self._names[what] -= 1
            if not self._names[what]:
                del self._names[what]
            self._under_way -= 1
            self._tell_rest()

    def park(self) -> None:
        """Mark work as waiting for the clock, so that it does not count as busy."""
        with self.changed:
            self._parked += 1
            self._tell_rest()

    def resume(self) -> None:
        """Continue parked work. Called before its thread runs, so that there is no gap."""
        with self.changed:
            self._parked -= 1

    def is_nobody_busy(self) -> bool:
        """Return whether all work waits for the clock."""
        return self._under_way == self._parked

    def is_over(self) -> bool:
        """Return whether no work is left."""
        return not self._under_way

    def names(self) -> list[str]:
        """Return the names of all work, waiting or not."""
        with self.changed:
            return sorted(self._names.elements())

    def _tell_rest(self) -> None:
        if self.is_nobody_busy():
            self.changed.notify_all()
