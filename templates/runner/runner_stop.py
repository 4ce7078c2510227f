"""Whether and why the runner has to stop, and how much time it has left."""

from __future__ import annotations

import signal
import time

from runner_deadline import Deadline
from runner_interruption import GRACE_SECONDS as INTERRUPTION_GRACE_SECONDS
from runner_interruption import InterruptionWatch
from runner_script import BY_INTERRUPTION, BY_SIGNAL
from runner_stop_request import StopRequestWatch

UPLOAD_SECONDS = 300.0
"""The service's time after the script's grace, as set in bootstrap.sh (TimeoutStopSec)."""

_REPORT_SECONDS = 30.0
# Minimum time for reporting how the script ended, however late it is.
_LEAST_REPORT_SECONDS = 5.0
# From the two minutes between the notice and the end of a spot instance, including its detection.
_INTERRUPTION_SECONDS = 110.0
_INTERRUPTION_REPORT_SECONDS = 10.0
# Of the time between SIGTERM and SIGKILL, where that is fixed: for the script, and for the report.
_FIXED_GRACE_SHARE = 0.4
_FIXED_REPORT_SHARE = 0.25


class Stop:
    """Handles SIGTERM for the lifetime of this process.

    Args:
        killed_after_seconds: the time from SIGTERM until SIGKILL where it is fixed, as in a
            container; None where a service waits for the script's grace and the upload.
    """

    def __init__(self, killed_after_seconds: float | None = None) -> None:
        """Listen."""
        self._killed_after_seconds = killed_after_seconds
        self._stop_request: StopRequestWatch | None = None
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

    def watch_request(self, watch: StopRequestWatch) -> None:
        """Also watch for a request of the controller, which counts as a signal in time."""
        self._stop_request = watch
        watch.start()

    def stopped_by(self) -> str:
        """Return what has stopped the runner, as exit.json names it; empty if nothing has."""
        if self._interruption.has_come():
            return BY_INTERRUPTION
        is_stopped = self._signalled_at is not None or self._requested_at() is not None
        return BY_SIGNAL if is_stopped else ""

    def script_grace_seconds(self, ended_by: str) -> float:
        """Return how long a script that was stopped may save."""
        if ended_by == BY_INTERRUPTION:
            return min(self.grace_seconds, INTERRUPTION_GRACE_SECONDS)
        fixed_seconds = self._fixed_seconds()
        if ended_by == BY_SIGNAL and fixed_seconds:
            return min(self.grace_seconds, fixed_seconds * _FIXED_GRACE_SHARE)
        return self.grace_seconds

    def upload_until(self) -> float:
        """Return when uploads must end, in Unix seconds."""
        return min(
            self.deadline.upload_until if self.deadline else float("inf"),
            self._killed_at() - self._report_seconds(),
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
        times = [float("inf")]
        signalled_at, requested_at = self._signalled_at, self._requested_at()
        if requested_at is not None:
            times.append(requested_at + self.grace_seconds + UPLOAD_SECONDS)
        if signalled_at is not None:
            needed_seconds = self._fixed_seconds() or self.grace_seconds + UPLOAD_SECONDS
            times.append(signalled_at + needed_seconds)
        return min(times)

    def _report_seconds(self) -> float:
        fixed_seconds = self._fixed_seconds()
        return fixed_seconds * _FIXED_REPORT_SHARE if fixed_seconds else _REPORT_SECONDS

    def _fixed_seconds(self) -> float | None:
        """Return the time that is left after a signal, where it has come and that is fixed."""
        return None if self._signalled_at is None else self._killed_after_seconds

    def _requested_at(self) -> float | None:
        return None if self._stop_request is None else self._stop_request.came_at

    def _taken_at(self) -> float:
        come_at = self._interruption.came_at
        return float("inf") if come_at is None else come_at + _INTERRUPTION_SECONDS
