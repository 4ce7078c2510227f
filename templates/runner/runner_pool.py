"""Does one thing with many items on a few threads, none of which keeps the runner from ending."""

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
    """Return whether `act` was done with every item, with none left out for want of time.

    Args:
        items: each is taken by one thread.
        act: raises nothing.
        until: when to stop, in Unix seconds; what is under way then is left to itself.
        should_stop: asked before each item.
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
