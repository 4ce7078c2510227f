"""How long a job may go on while AWS does not answer."""

from datetime import datetime, timedelta

from parris.job import Limits

_LONGEST_BLINDNESS = timedelta(hours=1)


def blind_until(limits: Limits, launched_at: datetime, last_seen_at: datetime) -> datetime:
    """Return the moment at which a job that cannot be seen is ended.

    One hour after the last sighting, and never past the moment at which a limit ends it.
    """
    ends_at = launched_at + timedelta(seconds=limits.ends_at_seconds())
    return min(last_seen_at + _LONGEST_BLINDNESS, max(ends_at, last_seen_at))
