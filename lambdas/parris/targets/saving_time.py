"""How long a runner may save that was asked to stop, on a target whose machine does not end by it.

A machine that is shut down waits for its runner instead.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

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
