"""A lock whose holder may wait for the clock."""

import threading
from collections import deque
from types import TracebackType

from embedded_aws.context import current


class ClockLock:
    """Held by one thread at a time, in order of arrival; not re-entrant.

    A thread that waits for an ordinary lock counts as busy. If the lock's holder sleeps meanwhile,
    a virtual clock would never advance. A thread that waits for this lock is not busy.
    """

    def __init__(self) -> None:
        """Create the lock, unlocked."""
        self._guard = threading.Lock()
        self._is_held = False
        self._queue: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._is_held:
                self._is_held = True
                return
            turn = current().clock.make_event()
            self._queue.append(turn)
        turn.wait()

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._is_held = False
