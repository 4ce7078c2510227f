"""How long a job's resources are kept: for unverified results, or at a person's request."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from parris.durations import readable_time
from parris.timestamps import format_timestamp, parse_timestamp

KEEP_TAG = "parris:keep-until"
"""The tag of a kept resource: a timestamp in UTC, or `always`. It is set before anything is ended,
so that Parris never treats a kept resource as a leftover."""

ALWAYS = "always"
"""The value for resources that are kept at a person's request, which do not expire."""


def keep_until_of(tags: Mapping[str, str]) -> str | None:
    """Return until when a resource is kept according to its tags, or None if it is not kept."""
    return tags.get(KEEP_TAG)


def keep_until_expiry(now: datetime, keep_days: int) -> str:
    """Return the tag's value for results that could not be verified.

    Args:
        now: the time of the decision to keep them.
        keep_days: the deployment's `KeepUnverifiedDays`.
    """
    return format_timestamp(now + timedelta(days=keep_days))


def is_expired(keep_until: str | None, now: datetime) -> bool:
    """Return whether the tag's value is a timestamp in the past.

    A resource without the tag, or whose tag is not a timestamp, has no expiry.
    """
    if keep_until is None or keep_until == ALWAYS:
        return False
    try:
        return parse_timestamp(keep_until) <= now
    except ValueError:
        # A person wrote this value. It does not permit a deletion.
        return False


def expiry_text(keep_until: str | None) -> str | None:
    """Return when a kept resource is deleted, for people, or None if it has no expiry."""
    if keep_until is None or keep_until == ALWAYS:
        return None
    try:
        return readable_time(parse_timestamp(keep_until))
    except ValueError:
        return None  # a person wrote this value; it has no expiry
