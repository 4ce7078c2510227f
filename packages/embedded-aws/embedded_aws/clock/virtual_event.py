"""An event whose `wait` takes no time of the machine's, and one thread's sleep in it."""

import threading
from typing import Protocol

from embedded_aws.work import Work


class Sleeper:
    """One thread that waits, for an event or a moment, whichever is first.

    Args:
        work: that of the embedded AWS.
        is_counted: whether this thread is at work for it, and is not while it sleeps.
    """

    __slots__ = ("_gate", "_is_counted", "_work", "is_over", "was_called")

    def __init__(self, work: Work, is_counted: bool) -> None:
        """Lie down; `work.changed` is held."""
        self._work = work
        self._is_counted = is_counted
        self._gate = threading.Lock()
        self._gate.acquire()
        self.is_over = self.was_called = False
        if is_counted:
            work.park()

    def sleep(self) -> bool:
        """Block the thread, and return whether it was called rather than out of time."""
        self._gate.acquire()
        return self.was_called

    def call(self) -> None:
        """Wake it because of the event; `work.changed` is held."""
        if not self.is_over:
            self.was_called = True
            self.fire()

    def fire(self) -> None:
        """Wake it because its time is over; `work.changed` is held."""
        self.is_over = True
        if self._is_counted:
            self._work.resume()
        self._gate.release()


class SleepingClock(Protocol):
    """What an event needs of its clock. `changed` guards both."""

    is_over: bool

    @property
    def changed(self) -> threading.Condition:
        """What guards the clock and its events."""

    def lie_down(self, timeout_seconds: float | None) -> Sleeper:
        """Begin a sleep of the calling thread; `changed` is held."""


class VirtualEvent(threading.Event):
    """What `VirtualClock.make_event` makes."""

    def __init__(self, clock: SleepingClock) -> None:
        """Begin unset."""
        super().__init__()
        self._clock = clock
        self._sleepers: dict[Sleeper, None] = {}

    def set(self) -> None:
        """Wake all who wait, each counted as busy before anybody can see that it is not."""
        with self._clock.changed:
            super().set()
            sleepers, self._sleepers = self._sleepers, {}
            for sleeper in sleepers:
                sleeper.call()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set, or for that many seconds of the clock."""
        with self._clock.changed:
            if self.is_set():
                return True
            if timeout is not None and timeout <= 0:
                return False
            is_virtual = not self._clock.is_over
            if is_virtual:
                sleeper = self._clock.lie_down(timeout)
                self._sleepers[sleeper] = None
        if not is_virtual:
            return super().wait(timeout)
        try:
            return sleeper.sleep()
        finally:
            with self._clock.changed:
                self._sleepers.pop(sleeper, None)
