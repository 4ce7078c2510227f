"""A clock that stops while any thread is busy, and jumps to the next event when none is."""

import heapq
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

import time_machine

from embedded_aws.clock.virtual_event import Sleeper, VirtualEvent
from embedded_aws.context import Context, current, is_at_work
from embedded_aws.work import Work

# The engine's value for no timeout.
FOREVER_SECONDS = 99_999_999
# No thread works longer than that without waiting for the clock: a function may take 900 s.
LONGEST_WORK_SECONDS = 1000.0


class NothingToComeError(RuntimeError):
    """Time should pass until something happens, but no event is left."""


class StuckError(RuntimeError):
    """A thread is busy and does not finish, so time cannot pass."""


class _Entry(Protocol):
    is_over: bool

    def fire(self) -> None: ...


class VirtualClock:
    """A discrete-event clock, which only `run_until` and `run_while` move.

    While it is the clock of an embedded AWS, the wall clock of this process (`time.time`,
    `datetime.now`) shows its time; `time.monotonic` and other processes keep the machine's time.

    Args:
        start: its initial time, aware.
        longest_work_seconds: after so many seconds of real time, unfinished work counts as stuck.
    """

    is_virtual = True

    def __init__(self, start: datetime, longest_work_seconds: float = LONGEST_WORK_SECONDS) -> None:
        """Stop at `start`."""
        self._now = start.astimezone(UTC)
        self._longest_work_seconds = longest_work_seconds
        self._work = Work()
        self._entries: list[tuple[datetime, int, _Entry]] = []
        self._numbers = itertools.count()
        self._driving = threading.Lock()
        self._wall_clock: time_machine.Traveller | None = None
        self.is_over = False

    @property
    def changed(self) -> threading.Condition:
        """The condition that guards this clock and the counts of busy threads."""
        return self._work.changed

    def now(self) -> datetime:
        """Return its present time."""
        return self._now

    def make_event(self) -> threading.Event:
        """Return an event of this clock."""
        return VirtualEvent(self)

    def sleep(self, seconds: float, until: threading.Event) -> None:
        """Let that many seconds pass, or fewer if `until` is set meanwhile."""
        until.wait(seconds)

    def call_at(self, timestamp: datetime, action: Callable[[], None]) -> Callable[[], None]:
        """Run `action` at that time of this clock."""
        alarm = _Alarm(current(), action)
        with self.changed:
            self._enter(timestamp, alarm)
        return alarm.cancel

    def lie_down(self, timeout_seconds: float | None) -> Sleeper:
        """Return the sleep that the calling thread now begins; `changed` must be held."""
        sleeper = Sleeper(self._work, is_at_work(self._work))
        if timeout_seconds is not None and timeout_seconds < FOREVER_SECONDS:
            self._enter(self._now + timedelta(seconds=timeout_seconds), sleeper)
        return sleeper

    def run_until(self, timestamp: datetime) -> None:
        """Let time pass until that time, with everything that is due by then.

        Raises:
            StuckError: when a thread is busy and does not finish.
        """
        with self._being_driven():
            while True:
                self._await_nobody_busy()
                with self.changed:
                    if not self._work.is_nobody_busy():
                        continue
                    if not self._jump(timestamp):
                        self._set(max(self._now, timestamp))
                        return

    def run_while(self, condition: Callable[[], bool]) -> None:
        """Let time pass, from one event to the next, while the condition holds.

        Raises:
            NothingToComeError: when no event is left.
            StuckError: when a thread is busy and does not finish.
        """
        with self._being_driven():
            while True:
                self._await_nobody_busy()
                if not condition():
                    return
                self._await_nobody_busy()
                with self.changed:
                    if self._work.is_nobody_busy() and not self._jump(None):
                        waiting = ", ".join(self._work.names()) or "nobody"
                        raise NothingToComeError(
                            f"no event is left after {self._now.isoformat()};"
                            f" waiting for ever: {waiting}"
                        )

    @contextmanager
    def keeping(self, work: Work) -> Iterator[None]:
        """Be the clock of one embedded AWS, and the wall clock of this process meanwhile."""
        self._work, self._entries, self.is_over = work, [], False
        traveller = time_machine.travel(self._now, tick=False)
        self._wall_clock = traveller.start()
        try:
            yield
        finally:
            self._wall_clock = None
            traveller.stop()

    def let_go(self) -> None:
        """End every wait that has a timeout; later waits use the machine's time."""
        with self.changed:
            self.is_over = True
            for _, _, entry in self._entries:
                if isinstance(entry, Sleeper) and not entry.is_over:
                    entry.fire()
            self._entries.clear()

    def _enter(self, timestamp: datetime, entry: _Entry) -> None:
        heapq.heappush(self._entries, (timestamp, next(self._numbers), entry))

    def _jump(self, latest: datetime | None) -> bool:
        """Jump to the next entry and run it; `changed` must be held and no thread busy."""
        while self._entries:
            timestamp, _, entry = self._entries[0]
            if not entry.is_over and latest is not None and timestamp > latest:
                return False
            heapq.heappop(self._entries)
            if not entry.is_over:
                self._set(max(self._now, timestamp))
                entry.fire()
                return True
        return False

    def _set(self, now: datetime) -> None:
        if now != self._now:
            self._now = now
            if self._wall_clock is not None:
                self._wall_clock.move_to(now)

    def _await_nobody_busy(self) -> None:
        with self.changed:
            if not self.changed.wait_for(self._work.is_nobody_busy, self._longest_work_seconds):
                raise StuckError(
                    f"after {self._longest_work_seconds} s one of these is still busy, so time"
                    f" cannot pass: {', '.join(self._work.names())}"
                )

    @contextmanager
    def _being_driven(self) -> Iterator[None]:
        if is_at_work(self._work):
            raise RuntimeError("a thread that works for the embedded AWS cannot move its clock")
        if not self._driving.acquire(blocking=False):
            raise RuntimeError("another thread is already moving this clock")
        try:
            yield
        finally:
            self._driving.release()


class _Alarm:
    """An entry of `call_at`."""

    def __init__(self, context: Context, action: Callable[[], None]) -> None:
        self._context = context
        self._action = action
        self.is_over = False

    def cancel(self) -> None:
        self.is_over = True

    def fire(self) -> None:
        self.is_over = True
        self._context.run_in_background(self._action)
