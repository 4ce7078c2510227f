"""The machine's own clock."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime

from embedded_aws.clock.timetable import Timetable
from embedded_aws.context import current
from embedded_aws.work import Work

_SERVICE = "timetable"
_POLL_SECONDS = 0.05
_making = threading.Lock()


class RealClock:
    """Time passes in real time."""

    is_virtual = False

    def now(self) -> datetime:
        """Return the machine's time."""
        return datetime.now(UTC)

    def make_event(self) -> threading.Event:
        """Return an ordinary event."""
        return threading.Event()

    def sleep(self, seconds: float, until: threading.Event) -> None:
        """Sleep in real time."""
        until.wait(seconds)

    def call_at(self, timestamp: datetime, action: Callable[[], None]) -> Callable[[], None]:
        """Run `action` at that machine time."""
        return _timetable().add(timestamp, action)

    def run_while(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds no longer."""
        while condition():
            time.sleep(_POLL_SECONDS)

    def keeping(self, work: Work) -> AbstractContextManager[None]:
        """Do nothing: the machine's time needs no patching."""
        return nullcontext()

    def let_go(self) -> None:
        """Do nothing: time passes by itself, and `is_closing` has ended every `sleep`."""


def _timetable() -> Timetable:
    context = current()
    with _making:
        found = context.services.get(_SERVICE)
        if not isinstance(found, Timetable):
            found = context.services[_SERVICE] = Timetable(context)
            context.closers.callback(found.close)
        return found
