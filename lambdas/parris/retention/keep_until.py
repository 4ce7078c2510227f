"""How long a job's resources are retained: unverified results, or at a person's request."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from parris.durations import readable_time
from parris.timestamps import format_timestamp, parse_timestamp

KEEP_TAG = "parris:keep-until"
"""On a resource that is kept: a moment in UTC, or `always`. Put there before anything is
ended, so that nothing of ours takes what is kept for what was left behind."""

ALWAYS = "always"
"""A person's own request has no expiry."""


def keep_until_of(tags: Mapping[str, str]) -> str | None:
    """Return until when something is kept, as its tags say; None where it is not."""
    return tags.get(KEEP_TAG)


def keep_until_expiry(now: datetime, keep_days: int) -> str:
    """Return the tag's value for results that could not be verified.

    Args:
        now: when it was decided to keep them.
        keep_days: the deployment's `KeepUnverifiedDays`.
    """
    return format_timestamp(now + timedelta(days=keep_days))


def is_expired(keep_until: str | None, now: datetime) -> bool:
    """Return whether the tag's value is a moment that has come.

    What carries no such tag, or one that is no moment, was not kept until any day: it has not.
    """
    if keep_until is None or keep_until == ALWAYS:
        return False
    try:
        return parse_timestamp(keep_until) <= now
    except ValueError:
        # A person wrote it: whatever it means, it is no leave to delete.
        return False


def expiry_text(keep_until: str | None) -> str | None:
    """Return the moment at which what is kept is deleted, None where it is kept without an end."""
    if keep_until is None or keep_until == ALWAYS:
        return None
    try:
        return readable_time(parse_timestamp(keep_until))
    except ValueError:
        return None  # a person's own words: nothing is deleted by them
