"""Limits how much of this machine is used at once; later requests wait for a place, in order."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_FEWEST_MACHINES, _MACHINES_OF_A_CORE = 4, 2
_FEWEST_FUNCTIONS, _FUNCTIONS_OF_A_CORE = 8, 4


def default_machines() -> int:
    """Return how many instances run as processes at once by default."""
    return max(_FEWEST_MACHINES, _MACHINES_OF_A_CORE * (os.cpu_count() or 1))


def default_functions() -> int:
    """Return how many functions run at once."""
    return max(_FEWEST_FUNCTIONS, _FUNCTIONS_OF_A_CORE * (os.cpu_count() or 1))


class NoPlaceError(Exception):
    """No place became free in time."""


class Queue:
    """Places for work that runs by itself. The caller ensures that one thread at a time uses it.

    Args:
        count: the number of places.
    """

    def __init__(self, count: int) -> None:
        """Create it with all places free."""
        self._free = count
        self._waiting: deque[Callable[[], bool]] = deque()

    def ask(self, begin: Callable[[], bool]) -> None:
        """Begin something, now or when there is a place for it.

        Args:
            begin: begins it and returns True; returns False if it is no longer needed.
        """
        self._waiting.append(begin)
        self._fill()

    def give_back(self) -> None:
        """Free a place for the next one."""
        self._free += 1
        self._fill()

    def _fill(self) -> None:
        while self._free and self._waiting:
            begin = self._waiting.popleft()
            self._free -= 1
            has_begun = False
            try:
                has_begun = begin()
            finally:
                if not has_begun:
                    self._free += 1


class Places:
    """Places for the work of threads. The thread that has waited longest is next.

    Args:
        count: the number of places.
    """

    def __init__(self, count: int) -> None:
        """Create it with all places free."""
        self._free = count
        self._changing = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def taken(self, timeout_seconds: float) -> Iterator[None]:
        """Hold a place inside the block.

        Raises:
            NoPlaceError: when none is free within that time.
        """
        self._take(timeout_seconds)
        try:
            yield
        finally:
            self._give_back()

    def _take(self, timeout_seconds: float) -> None:
        with self._changing:
            if self._free:
                self._free -= 1
                return
            is_given = threading.Event()
            self._waiting.append(is_given)
        if is_given.wait(timeout_seconds):
            return
        with self._changing:
            if is_given.is_set():  # in the meantime
                return
            self._waiting.remove(is_given)
        raise NoPlaceError

    def _give_back(self) -> None:
        with self._changing:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1
