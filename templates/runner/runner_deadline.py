"""Calculates when the script must stop, when uploads must end, and when the machine must be off.

Pure arithmetic in Unix seconds and seconds. The simulation of a machine uses this file, too.
"""

from __future__ import annotations

from dataclasses import dataclass

TIME_LIMIT = "time-limit"
CLOCK_TIME = "clock-time"
COST_LIMIT = "cost-limit"
# Shares of the time for stopping: the power-off; and log, manifest and exit.json.
_POWER_OFF_SHARE = 0.5
_REPORT_SHARE = 1 / 6
# The final upload is assumed to be slower than the last ones.
_UPLOAD_MARGIN = 1.5


@dataclass(frozen=True)
class Deadline:
    """The earliest limit, from the stop of the script until the machine is gone.

    The script gets SIGTERM at `stop_at` at the latest, and has `grace_seconds` to save. Uploads end
    at `upload_until`, the runner ends at `off_at`, and the machine is gone at `gone_at`.
    """

    stop_at: float
    ended_by: str
    grace_seconds: float
    gone_at: float

    @property
    def _stopping_seconds(self) -> float:
        return max(0.0, self.gone_at - self.stop_at - self.grace_seconds)

    @property
    def off_at(self) -> float:
        """Return when the runner must end so that the machine is off in time."""
        return self.gone_at - self._stopping_seconds * _POWER_OFF_SHARE

    @property
    def upload_until(self) -> float:
        """Return when uploads must end so that the end can still be reported."""
        return self.off_at - self._stopping_seconds * _REPORT_SHARE

    def may_stop_from(self, started_at: float) -> float:
        """Return the earliest time to stop: a script always gets half of its time."""
        return started_at + max(0.0, self.stop_at - started_at) / 2

    def is_time_to_save(self, now: float, started_at: float, upload_seconds: float) -> bool:
        """Return whether the script must stop now so that its results still arrive.

        If it is too late for that, the script continues, and results that could not be uploaded
        stay on the volume.

        Args:
            now: in Unix seconds.
            started_at: when the script started.
            upload_seconds: the expected duration of the upload after the script has saved.
        """
        if now >= self.stop_at:
            return True
        if now < self.may_stop_from(started_at):
            return False
        left_seconds = self.upload_until - now
        if left_seconds < upload_seconds:
            return False
        return left_seconds <= self.grace_seconds + upload_seconds * _UPLOAD_MARGIN

    def save_starts_at(self, started_at: float, upload_seconds: float) -> float:
        """Return when the script is stopped if the upload takes this long."""
        needed_seconds = self.grace_seconds + upload_seconds * _UPLOAD_MARGIN
        wanted_at = max(self.upload_until - needed_seconds, self.may_stop_from(started_at))
        if self.upload_until - wanted_at < upload_seconds:
            return self.stop_at
        return min(wanted_at, self.stop_at)


def earliest_deadline(
    limits: dict[str, float | None], grace_seconds: float, launched_at: float
) -> Deadline | None:
    """Return the deadline from the limits in job.json, or None if there is no limit.

    Args:
        limits: `time_limit_seconds`, `clock_limit_seconds`, `cost_limit_seconds`,
            `ends_at_seconds` and `gone_at_seconds`, counted from the launch.
        grace_seconds: the script's time to save.
        launched_at: in Unix seconds.
    """
    found = [
        (seconds, name)
        for seconds, name in (
            (limits["time_limit_seconds"], TIME_LIMIT),
            (limits.get("clock_limit_seconds"), CLOCK_TIME),
            (limits["cost_limit_seconds"], COST_LIMIT),
        )
        if seconds is not None
    ]
    if not found:
        return None
    _, ended_by = min(found)
    ends_seconds = limits["ends_at_seconds"] or 0
    gone_seconds = limits["gone_at_seconds"] or 0
    return Deadline(launched_at + ends_seconds, ended_by, grace_seconds, launched_at + gone_seconds)
