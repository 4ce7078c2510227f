"""The machine's own clock."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from embedded_aws.clock.timetable import Timetable
from embedded_aws.context import current

_SERVICE = "timetable"
_making = threading.Lock()


class RealClock:
    """Time passes as it does for everybody."""

    def now(self) -> datetime:
        """Return the machine's time."""
        return datetime.now(UTC)

    def sleep(self, seconds: float, until: threading.Event) -> None:
        """Sleep for real."""
        until.wait(seconds)

    def call_at(self, moment: datetime, action: Callable[[], None]) -> Callable[[], None]:
        """Run `action` when the machine's time is `moment`."""
        return _timetable().add(moment, action)


def _timetable() -> Timetable:
    context = current()
    with _making:
        found = context.services.get(_SERVICE)
        if not isinstance(found, Timetable):
            found = context.services[_SERVICE] = Timetable(context)
            context.closers.callback(found.close)
        return found
