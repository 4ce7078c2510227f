"""What becomes of a job that cannot be seen since AWS does not answer: pure functions.

A check that fails decides nothing by itself. An outage counts from the first check that failed, not
from the last one that did not, which may have been hours before.
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
    """Return until when failed checks are repeated where no function can tell: it does not run.

    One hour after the next check, and never past the moment at which a limit ends the job.
    """
    ends_at = launched_at + timedelta(seconds=limits.ends_at_seconds())
    return min(next_check_at + LONGEST_OUTAGE, max(ends_at, next_check_at))


def end_of_unseen_job(
    limits: Limits, launched_at: datetime, outage_since: datetime, now: datetime, error: str
) -> tuple[EndReason, str] | None:
    """Return why a job ends that cannot be seen, None where it goes on.

    A limit is known without a look, and counts. Without one the job ends after an hour.

    Args:
        limits: when the job is ended, in seconds from launch.
        launched_at: when its machine was launched.
        outage_since: when the first check failed after the last that did not.
        now: the time of this check, which failed too.
        error: with what it failed.
    """
    words = f"it could not be checked since {format_timestamp(outage_since)}: {error}"
    limit = end_by_limit(limits, int((now - launched_at).total_seconds()))
    if limit is not None:
        reason, cause = limit
        return reason, f"{cause}; {words}"
    if now >= outage_since + LONGEST_OUTAGE:
        return EndReason.INSTANCE_LOST, f"the job could not be seen for an hour; {words}"
    return None
