"""How often the deletion of a stack is tried, after which pauses, and from when on it is forced.

A deletion that fails is tried again 30 s, 2 min and 5 min later. The fourth try, some ten minutes
after the first, is forced: CloudFormation lets go of what will not go, and that is then ended
directly. A forced one that fails is forced again every half hour, until the day is over after which
the end is called CLEANUP_FAILED (LONGEST_CLEANUP_SECONDS).
"""

_PAUSES_SECONDS = (30, 120, 300)
_LAST_PAUSE_SECONDS = 1800


def is_to_be_forced(deletions: int) -> bool:
    """Return whether the next deletion is forced.

    Args:
        deletions: how often it was asked for before, in vain.
    """
    return deletions >= len(_PAUSES_SECONDS)


def pause_seconds(deletions: int) -> int:
    """Return the whole seconds to wait after the so manieth deletion has failed."""
    number = max(1, deletions)
    return _PAUSES_SECONDS[number - 1] if number <= len(_PAUSES_SECONDS) else _LAST_PAUSE_SECONDS
