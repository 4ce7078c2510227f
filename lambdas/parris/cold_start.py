"""A stretch in which Python's garbage collector rests."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def gc_disabled() -> Iterator[None]:
    """Collect no garbage in the block.

    For what makes many objects that all stay, as imports and clients do: the collector would look
    at all of them, again and again, and find nothing. That is a quarter of a cold start.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
