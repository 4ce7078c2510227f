"""The interface of an embedded AWS's clock."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from embedded_aws.work import Work


class Clock(Protocol):
    """The clock of an embedded AWS.

    All waiting in an embedded AWS uses its clock: an event made by `make_event`, or `sleep` or
    `call_at`.
    """

    is_virtual: bool
    """Whether it jumps over idle time, so that waiting takes no real time."""

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""

    def make_event(self) -> threading.Event:
        """Return an event whose `wait` counts its timeout in seconds of this clock."""

    def sleep(self, seconds: float, until: threading.Event) -> None:
        """Let that many seconds of this clock pass, or fewer if `until` is set meanwhile.

        Args:
            seconds: how long.
            until: an event of this clock: see `make_event`.
        """

    def call_at(self, timestamp: datetime, action: Callable[[], None]) -> Callable[[], None]:
        """Run `action` at a time of this clock, on a `Worker` of the `current()` embedded AWS.

        Args:
            timestamp: aware; a past time means at once.
            action: run once; its exceptions are not caught.

        Returns:
            A function that cancels it. It may be called at any time and repeatedly, and does
            nothing once the action has started. Nothing is started once the embedded AWS closes.
        """

    def run_while(self, condition: Callable[[], bool]) -> None:
        """Let time pass while the condition holds. It is evaluated repeatedly.

        No thread that works for the embedded AWS may call this.
        """

    def keeping(self, work: Work) -> AbstractContextManager[None]:
        """Be the clock of one embedded AWS inside the block.

        Args:
            work: the work of that embedded AWS.
        """

    def let_go(self) -> None:
        """End every wait that has a timeout: the embedded AWS closes, so no time passes."""
