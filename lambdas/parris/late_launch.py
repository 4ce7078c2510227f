"""Refuses a launch that comes too late: a job must be over by its clock time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.durations import readable_time
from parris.errors import LaunchFailedError
from parris.timestamps import parse_timestamp

if TYPE_CHECKING:
    from parris.limits import Limits


def refuse_if_too_late(limits: Limits) -> None:
    """Raise LaunchFailedError if a machine that is launched now would have to end at once.

    Args:
        limits: counted from now.
    """
    if limits.clock_limit_seconds is not None and limits.ends_at_seconds() <= 0:
        at = readable_time(parse_timestamp(limits.clock_time))
        raise LaunchFailedError(
            f"nothing had been launched when too little was left until {at}, the clock time by"
            " which the job is to be over"
        )
