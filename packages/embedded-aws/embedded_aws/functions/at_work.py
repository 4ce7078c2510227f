"""Finds the invocation that makes an AWS call, and kills its process.

Lambda gives each invocation a trace id, and every AWS SDK sends it with its calls.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_at_work: dict[str, tuple[bytes, Callable[[], None]]] = {}
_changing = threading.Lock()


@contextmanager
def at_work(trace_id: str, payload: bytes, kill: Callable[[], None]) -> Iterator[None]:
    """Register an invocation by its trace id while it runs.

    Args:
        trace_id: the trace id of the invocation.
        payload: its event, as JSON.
        kill: ends its process.
    """
    with _changing:
        _at_work[trace_id] = (payload, kill)
    try:
        yield
    finally:
        with _changing:
            del _at_work[trace_id]


def event_of(trace_id: str) -> str:
    """Return the event, as JSON, of the invocation with that trace id; empty if none runs."""
    with _changing:
        found = _at_work.get(trace_id)
    return "" if found is None else found[0].decode()


def kill_function(trace_id: str) -> None:
    """Kill the process of an invocation at once."""
    with _changing:
        found = _at_work.get(trace_id)
    if found is not None:
        found[1]()
