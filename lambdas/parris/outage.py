"""What happens to a job that cannot be checked because AWS does not respond.

A failed check decides nothing by itself. An outage counts from the first failed check, not from the
last successful one, which may have been hours before.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from parris.policy import end_by_limit
from parris.reasons import EndReason
from parris.timestamps import format_timestamp

if TYPE_CHECKING:
    from parris.limits import Limits

LONGEST_OUTAGE = timedelta(hours=1)
LONGEST_UNSEEN_LAUNCH = timedelta(hours=2)
"""A launch may take half an hour on some target; none is waited for any longer."""


def retry_checks_until(limits: Limits, launched_at: datetime, next_check_at: datetime) -> datetime:
    """Return until when the state machine repeats checks if the function itself cannot run.

    That is one hour after the next check, and never later than the time at which a limit ends the
    job.
    """
    ends_at = launched_at + timedelta(seconds=limits.ends_at_seconds())
    return min(next_check_at + LONGEST_OUTAGE, max(ends_at, next_check_at))


def end_of_unseen_job(
    limits: Limits, launched_at: datetime, outage_since: datetime, now: datetime, error: str
) -> tuple[EndReason, str] | None:
    """Return why a job that cannot be checked ends, or None if it continues.

    A limit is known without a check and ends the job. Otherwise the job ends after an hour.

    Args:
        limits: when the job ends, in seconds from launch.
        launched_at: when its machine was launched.
        outage_since: when the first check failed after the last successful one.
        now: the time of this check, which failed too.
        error: the error of this check.
    """
    outage = f"checks have failed since {format_timestamp(outage_since)}: {error}"
    limit = end_by_limit(limits, int((now - launched_at).total_seconds()))
    if limit is not None:
        reason, cause = limit
        return reason, f"{cause}; {outage}"
    if now >= outage_since + LONGEST_OUTAGE:
        return EndReason.INSTANCE_LOST, f"the job could not be checked for an hour; {outage}"
    return None
