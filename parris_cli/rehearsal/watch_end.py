"""Notices the end of a rehearsed execution without a request for each step of the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_aws.metering.meter import Meter

_RUNNING = "RUNNING"


def watch_end(meter: Meter, execution_arn: str) -> Callable[[], bool]:
    """Return a function that returns whether the execution has ended, by the event of its end.

    The virtual clock evaluates its condition at every jump: a request each time would be a third of
    all requests of a rehearsal.
    """
    seen = 0

    def has_ended() -> bool:
        nonlocal seen
        while seen < len(meter.events):
            event = meter.events[seen]
            is_of_execution = event.resource_arn == execution_arn and "status" in event.detail
            if is_of_execution and event.detail["status"] != _RUNNING:
                return True
            seen += 1
        return False

    return has_ended
