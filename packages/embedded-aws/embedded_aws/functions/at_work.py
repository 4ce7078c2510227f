"""Which invocation a call of AWS is made in, and the process that it dies with.

Lambda gives each invocation a trace, and every AWS SDK sends it along with its calls.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_aws.functions.runtime_api import Invocation
    from embedded_aws.functions.sandbox import Sandbox

_at_work: dict[str, tuple[Sandbox, Invocation]] = {}
_changing = threading.Lock()


@contextmanager
def at_work(sandbox: Sandbox, invocation: Invocation) -> Iterator[None]:
    """Let an invocation be found by its trace while it is at work."""
    with _changing:
        _at_work[invocation.trace_id] = (sandbox, invocation)
    try:
        yield
    finally:
        with _changing:
            del _at_work[invocation.trace_id]


def event_of(trace_id: str) -> str:
    """Return the event, as JSON, of the invocation with that trace; empty where none is at work."""
    with _changing:
        found = _at_work.get(trace_id)
    return "" if found is None else found[1].payload.decode()


def kill_function(trace_id: str) -> None:
    """Let the process of an invocation die at once, with what it was about to do."""
    with _changing:
        found = _at_work.get(trace_id)
    if found is not None:
        found[0].kill()
