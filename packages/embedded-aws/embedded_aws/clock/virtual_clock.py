"""A clock that stands still while anybody is busy, and jumps to what comes next when nobody is."""

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

# The engine's word for no timeout at all.
FOREVER_SECONDS = 99_999_999
# Nothing works longer than that without waiting for the clock: a function may take 900 s.
LONGEST_WORK_SECONDS = 1000.0


class NothingToComeError(RuntimeError):
    """Time is to pass until something happens, and nothing is left that could happen."""


class StuckError(RuntimeError):
    """Somebody is busy and does not come to an end, so that time cannot pass."""


class _Entry(Protocol):
    is_over: bool

    def fire(self) -> None: ...


class VirtualClock:
    """A discrete-event clock, which only `run_until` and `run_while` move.

    While it keeps the time of an embedded AWS, the wall clock of this process (`time.time`,
    `datetime.now`) shows its time; `time.monotonic` and other processes have the machine's.

    Args:
        start: the moment at which it begins, aware.
        longest_work_seconds: after so many seconds of the machine's, a work that goes on is stuck.
    """

    is_virtual = True

    def __init__(self, start: datetime, longest_work_seconds: float = LONGEST_WORK_SECONDS) -> None:
        """Stand still at `start`."""
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
        """What guards this clock and the counts of who is at work."""
        return self._work.changed

    def now(self) -> datetime:
        """Return the moment at which it stands."""
        return self._now

    def make_event(self) -> threading.Event:
        """Return an event of this clock."""
        return VirtualEvent(self)

    def sleep(self, seconds: float, until: threading.Event) -> None:
        """Let that many seconds pass, or fewer if `until` is set meanwhile."""
        until.wait(seconds)

    def call_at(self, moment: datetime, action: Callable[[], None]) -> Callable[[], None]:
        """Run `action` when it has come to `moment`."""
        alarm = _Alarm(current(), action)
        with self.changed:
            self._enter(moment, alarm)
        return alarm.cancel

    def lie_down(self, timeout_seconds: float | None) -> Sleeper:
        """Return the sleep that the calling thread now begins; `changed` is held."""
        sleeper = Sleeper(self._work, is_at_work(self._work))
        if timeout_seconds is not None and timeout_seconds < FOREVER_SECONDS:
            self._enter(self._now + timedelta(seconds=timeout_seconds), sleeper)
        return sleeper

    def run_until(self, moment: datetime) -> None:
        """Let time pass until `moment`, and all happen that is to happen by then.

        Raises:
            StuckError: when somebody is busy and does not come to an end.
        """
        with self._being_driven():
            while True:
                self._await_nobody_busy()
                with self.changed:
                    if not self._work.is_nobody_busy():
                        continue
                    if not self._jump(moment):
                        self._set(max(self._now, moment))
                        return

    def run_while(self, condition: Callable[[], bool]) -> None:
        """Let time pass, from one event to the next, for as long as the condition holds.

        Raises:
            NothingToComeError: when nothing is left that could happen.
            StuckError: when somebody is busy and does not come to an end.
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
                            f"nothing is left that could happen after {self._now.isoformat()};"
                            f" there wait for ever: {waiting}"
                        )

    @contextmanager
    def keeping(self, work: Work) -> Iterator[None]:
        """Be the clock of one embedded AWS, and this process's wall clock meanwhile."""
        self._work, self._entries, self.is_over = work, [], False
        traveller = time_machine.travel(self._now, tick=False)
        self._wall_clock = traveller.start()
        try:
            yield
        finally:
            self._wall_clock = None
            traveller.stop()

    def let_go(self) -> None:
        """End every wait that has a timeout; from now on one waits by the machine's time."""
        with self.changed:
            self.is_over = True
            for _, _, entry in self._entries:
                if isinstance(entry, Sleeper) and not entry.is_over:
                    entry.fire()
            self._entries.clear()

    def _enter(self, moment: datetime, entry: _Entry) -> None:
        heapq.heappush(self._entries, (moment, next(self._numbers), entry))

    def _jump(self, latest: datetime | None) -> bool:
        """Go to the next entry and let it happen; `changed` is held and nobody busy."""
        while self._entries:
            moment, _, entry = self._entries[0]
            if not entry.is_over and latest is not None and moment > latest:
                return False
            heapq.heappop(self._entries)
            if not entry.is_over:
                self._set(max(self._now, moment))
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
                    f"after {self._longest_work_seconds} s one of these is still busy, so that no"
                    f" time can pass: {', '.join(self._work.names())}"
                )

    @contextmanager
    def _being_driven(self) -> Iterator[None]:
        if is_at_work(self._work):
            raise RuntimeError("who works for the embedded AWS cannot move its clock")
        if not self._driving.acquire(blocking=False):
            raise RuntimeError("another thread moves this clock already")
        try:
            yield
        finally:
            self._driving.release()


class _Alarm:
    """What `call_at` entered."""

    def __init__(self, context: Context, action: Callable[[], None]) -> None:
        self._context = context
        self._action = action
        self.is_over = False

    def cancel(self) -> None:
        self.is_over = True

    def fire(self) -> None:
        self.is_over = True
        self._context.run_in_background(self._action)
