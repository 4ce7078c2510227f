"""Until when a sweep starts trials, by its time budget and by the clock time of its training."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from parris.payloads import part_of
from parris.termination.attempts import SHORTEST_TRAINING_SECONDS
from parris.timestamps import parse_timestamp
from parris.validation.semantics import AT_CLOCK_TIME, OPTION_OF, OPTIONS_KEY

if TYPE_CHECKING:
    from parris.limits import Limits
    from parris.payloads import Payload
    from parris.sweeps.config import SweepConfig
    from parris.sweeps.worst_case import WorstCase


def time_budget(
    config: SweepConfig, limits: Limits, worst: WorstCase, started_at: datetime
) -> tuple[datetime | None, int]:
    """Return by when all trials are over, and how much time must be left for another one.

    A clock time ends every trial itself, so that one needs only the time that is worth its start.
    """
    ends_by = None
    if config.time_limit_seconds is not None:
        ends_by = started_at + timedelta(seconds=config.time_limit_seconds)
    if not limits.clock_time:
        return ends_by, worst.seconds
    clock_time = parse_timestamp(limits.clock_time)
    if ends_by is not None and ends_by < clock_time:
        return ends_by, worst.seconds
    return clock_time, min(worst.seconds, SHORTEST_TRAINING_SECONDS)


def with_clock_time(training: Payload, clock_time: str) -> Payload:
    """Return the training config with the clock time of its sweep, if there is one.

    A weekday would mean another week for a trial that starts after it.
    """
    if not clock_time:
        return training
    options = {**part_of(training, OPTIONS_KEY), OPTION_OF[AT_CLOCK_TIME]: clock_time}
    return {**training, OPTIONS_KEY: options}
