"""An event whose `wait` takes no real time, and one thread's sleep in it."""

import threading
from typing import Protocol

from embedded_aws.work import Work


class Sleeper:
    """One thread that waits for an event or a time, whichever comes first.

    Args:
        work: the work of the embedded AWS.
        is_counted: whether this thread counts as busy when it does not sleep.
    """

    __slots__ = ("_gate", "_is_counted", "_work", "is_over", "was_called")

    def __init__(self, work: Work, is_counted: bool) -> None:
        """Begin the sleep; `work.changed` must be held."""
        self._work = work
        self._is_counted = is_counted
        self._gate = threading.Lock()
        self._gate.acquire()
        self.is_over = self.was_called = False
        if is_counted:
            work.park()

    def sleep(self) -> bool:
        """Block the thread; return True if the event woke it, False if its time ran out."""
        self._gate.acquire()
        return self.was_called

    def call(self) -> None:
        """Wake it because of the event; `work.changed` must be held."""
        if not self.is_over:
            self.was_called = True
            self.fire()

    def fire(self) -> None:
        """Wake it because its time ran out; `work.changed` must be held."""
        self.is_over = True
        if self._is_counted:
            self._work.resume()
        self._gate.release()


class SleepingClock(Protocol):
    """The part of a clock that its events need. `changed` guards both."""

    is_over: bool

    @property
    def changed(self) -> threading.Condition:
        """The condition that guards the clock and its events."""

    def lie_down(self, timeout_seconds: float | None) -> Sleeper:
        """Begin a sleep of the calling thread; `changed` must be held."""


class VirtualEvent(threading.Event):
    """An event made by `VirtualClock.make_event`."""

    def __init__(self, clock: SleepingClock) -> None:
        """Create the event, unset."""
        super().__init__()
        self._clock = clock
        self._sleepers: dict[Sleeper, None] = {}

    def set(self) -> None:
        """Wake all waiting threads; each counts as busy at once, before the clock can move."""
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
