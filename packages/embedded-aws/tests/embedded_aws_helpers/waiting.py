"""Waits with a deadline for processes, and checks whether one is alive."""

import os
import time
from collections.abc import Callable
from pathlib import Path


def wait_until(is_so: Callable[[], bool], timeout_seconds: float = 120) -> None:
    """Check repeatedly, and fail when it takes too long."""
    ends_at = time.monotonic() + timeout_seconds
    # Ever more rarely: a condition is often a request, which slows down what it waits for.
    pause_seconds = 0.02
    while not is_so():
        assert time.monotonic() < ends_at, "it did not come true in time"
        time.sleep(pause_seconds)
        pause_seconds = min(1.25 * pause_seconds, 0.25)


def is_alive(pid: int) -> bool:
    """Return whether a process is running; a zombie is not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
