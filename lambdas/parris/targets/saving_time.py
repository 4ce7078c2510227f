"""How long a runner may save that was asked to stop, on a target whose machine does not end by it.

A machine that is shut down waits for its runner instead.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from parris.backoff import check_interval_seconds

if TYPE_CHECKING:
    from parris.job import Job
    from parris.termination.ending import Ending

UPLOAD_SECONDS = 300
"""The runner's time after the script has ended, as in runner_stop.py."""
_MARGIN_SECONDS = 60
"""Until the runner finds the request, and has ended."""


def saves_until(job: Job, ending: Ending) -> timedelta:
    """Return how much longer the runner may save; not positive if its time is over."""
    allowed_seconds = job.limits.save_grace_seconds + UPLOAD_SECONDS + _MARGIN_SECONDS
    since = ending.step_since or ending.now - timedelta(seconds=allowed_seconds)
    return since + timedelta(seconds=allowed_seconds) - ending.now


def saving_check_seconds(job: Job, ending: Ending) -> int:
    """Return the whole seconds until the next check of a runner that saves.

    A cleanup sleeps until no event, and would not learn otherwise that the runner is done.
    """
    waited = timedelta(0) if ending.step_since is None else ending.now - ending.step_since
    interval_seconds = check_interval_seconds(int(waited.total_seconds()))
    return max(1, min(interval_seconds, ceil(saves_until(job, ending).total_seconds())))
