"""What every clock of an embedded AWS does."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from embedded_aws.work import Work


class Clock(Protocol):
    """The time that the embedded AWS lives by.

    Whatever waits for something in an embedded AWS waits by its clock: for an event that
    `make_event` made, or with `sleep` or `call_at`.
    """

    is_virtual: bool
    """Whether it jumps over the time that nobody works in, so that a wait takes none."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""

    def make_event(self) -> threading.Event:
        """Return an event whose `wait` counts its timeout in seconds of this clock."""

    def sleep(self, seconds: float, until: threading.Event) -> None:
        """Let that many seconds of this clock pass, or fewer if `until` is set meanwhile.

        Args:
            seconds: how long.
            until: of this clock: see `make_event`.
        """

    def call_at(self, moment: datetime, action: Callable[[], None]) -> Callable[[], None]:
        """Run `action` at a moment of this clock, on a `Worker` of the `current()` embedded AWS.

        Args:
            moment: aware; one that is past already means at once.
            action: is run once; what it raises is not caught.

        Returns:
            What cancels it. It may be called at any time, any number of times, and does nothing
            once the action has started. Nothing is started once the embedded AWS closes.
        """

    def run_while(self, condition: Callable[[], bool]) -> None:
        """Let time pass for as long as the condition holds. It is asked again and again.

        Nobody may call this who works for the embedded AWS.
        """

    def keeping(self, work: Work) -> AbstractContextManager[None]:
        """Be the clock of one embedded AWS for as long as the block lasts.

        Args:
            work: of that embedded AWS.
        """

    def let_go(self) -> None:
        """End every wait that has a timeout: the embedded AWS closes, so that no time passes."""
