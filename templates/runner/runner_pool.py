"""Applies a function to many items on a few daemon threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
THREADS = 8
_TICK_SECONDS = 0.05
_LATE_SECONDS = 0.2


def for_each(
    items: Iterable[Item],
    act: Callable[[Item], None],
    until: Callable[[], float],
    should_stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Call `act` for all items and return whether there was enough time for all of them.

    Args:
        items: each is processed by one thread.
        act: must not raise.
        until: when to stop, in Unix seconds; calls that are running then are abandoned.
        should_stop: called before each item; True ends the work.
    """
    waiting = list(reversed(list(items)))
    lock = threading.Lock()

    def work() -> None:
        while not should_stop() and time.time() < until():
            with lock:
                if not waiting:
                    return
                item = waiting.pop()
            act(item)

    count = min(THREADS, len(waiting))
    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive() and time.time() < until() + _LATE_SECONDS:
            thread.join(_TICK_SECONDS)
    return not waiting and not any(thread.is_alive() for thread in threads)
