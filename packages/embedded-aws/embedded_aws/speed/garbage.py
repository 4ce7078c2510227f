"""Garbage collection that takes less time.

Python looks for garbage whenever 700 more objects exist, and twice more when the process ends. moto
creates so many objects that these searches take a tenth of a short run, and its end half a second.
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Some twenty megabytes of garbage at most.
_MORE_OBJECTS = 200_000


@contextmanager
def importing() -> Iterator[None]:
    """Look for no garbage in the block, nor in the new objects later: all of them stay."""
    with collecting_nothing():
        try:
            yield
        finally:
            gc.freeze()


@contextmanager
def collecting_nothing() -> Iterator[None]:
    """Look for no garbage in the block."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Look for garbage less often in the block."""
    first, *others = gc.get_threshold()
    gc.set_threshold(max(first, _MORE_OBJECTS), *others)
    try:
        yield
    finally:
        gc.set_threshold(first, *others)


def collect_nothing_at_exit() -> None:
    """Let the process end without a search for garbage, which the system frees with the rest."""
    atexit.register(gc.freeze)
