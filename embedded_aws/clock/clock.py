"""What every clock of an embedded AWS does."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time that the embedded AWS lives by."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""

    def sleep(self, seconds: float, until: threading.Event) -> None:
        """Let that many seconds of this clock pass, or fewer if `until` is set meanwhile."""

    def call_at(self, moment: datetime, action: Callable[[], None]) -> Callable[[], None]:
        """Run `action` at a moment of this clock, on a `Worker` of the `current()` embedded AWS.

        Args:
            moment: aware; one that is past already means at once.
            action: is run once; what it raises is not caught.

        Returns:
            What cancels it. It may be called at any time, any number of times, and does nothing
            once the action has started. Nothing is started once the embedded AWS closes.
        """
