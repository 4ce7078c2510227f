"""Whether and why the runner has to stop, and how much time it has left."""

from __future__ import annotations

import signal
import time

from runner_deadline import Deadline
from runner_interruption import InterruptionWatch
from runner_script import BY_INTERRUPTION, BY_SIGNAL

UPLOAD_SECONDS = 300.0
"""The service's time after the script's grace, as set in bootstrap.sh (TimeoutStopSec)."""

_REPORT_SECONDS = 30.0
# Minimum time for reporting how the script ended, however late it is.
_LEAST_REPORT_SECONDS = 5.0
# From the two minutes between the notice and the end of a spot instance, including its detection.
_INTERRUPTION_SECONDS = 110.0
_INTERRUPTION_REPORT_SECONDS = 10.0


class Stop:
    """Handles SIGTERM for the lifetime of this process."""

    def __init__(self) -> None:
        """Listen."""
        self.deadline: Deadline | None = None
        """The job's limit, once it is known."""
        self.grace_seconds = 0.0
        self.saving_since: float | None = None
        """When the script ended, in Unix seconds."""
        self._signalled_at: float | None = None
        self._interruption = InterruptionWatch()
        signal.signal(signal.SIGTERM, lambda number, frame: self._request())

    def watch_interruption(self) -> None:
        """Also watch for a spot interruption notice."""
        self._interruption.start()

    def stopped_by(self) -> str:
        """Return what has stopped the runner, as exit.json names it; empty if nothing has."""
        if self._interruption.has_come():
            return BY_INTERRUPTION
        return BY_SIGNAL if self._signalled_at is not None else ""

    def upload_until(self) -> float:
        """Return when uploads must end, in Unix seconds."""
        return min(
            self.deadline.upload_until if self.deadline else float("inf"),
            self._killed_at() - _REPORT_SECONDS,
            self._taken_at() - _INTERRUPTION_REPORT_SECONDS,
        )

    def done_until(self) -> float:
        """Return when the runner must end, in Unix seconds."""
        wanted = min(
            self.deadline.off_at if self.deadline else float("inf"),
            self._killed_at(),
            self._taken_at(),
        )
        return max(wanted, (self.saving_since or 0.0) + _LEAST_REPORT_SECONDS)

    def _request(self) -> None:
        if self._signalled_at is None:
            self._signalled_at = time.time()

    def _killed_at(self) -> float:
        if self._signalled_at is None:
            return float("inf")
        return self._signalled_at + self.grace_seconds + UPLOAD_SECONDS

    def _taken_at(self) -> float:
        come_at = self._interruption.came_at
        return float("inf") if come_at is None else come_at + _INTERRUPTION_SECONDS
