"""Delays between attempts to delete a stack, and when a deletion is forced.

A failed deletion is tried again after 30 s, 2 min and 5 min. The fourth attempt, about ten minutes
after the first, is forced: CloudFormation skips resources that it cannot delete, and Parris ends
them directly. A forced deletion that fails is repeated every half hour, for a day. Then the job
ends as CLEANUP_FAILED (LONGEST_CLEANUP_SECONDS).
"""

_PAUSES_SECONDS = (30, 120, 300)
_LAST_PAUSE_SECONDS = 1800


def is_to_be_forced(deletions: int) -> bool:
    """Return whether the next deletion is forced.

    Args:
        deletions: the number of failed deletions so far.
    """
    return deletions >= len(_PAUSES_SECONDS)


def pause_seconds(deletions: int) -> int:
    """Return the delay in whole seconds after the nth failed deletion."""
    number = max(1, deletions)
    return _PAUSES_SECONDS[number - 1] if number <= len(_PAUSES_SECONDS) else _LAST_PAUSE_SECONDS
