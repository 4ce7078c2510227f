"""How long a run waits between two looks at something that takes its time."""

_SHORTEST_INTERVAL_SECONDS = 3
_SLOW_FROM_SECONDS = 60
_LONGEST_INTERVAL_SECONDS = 300
_SHARE_OF_AN_OUTAGE = 24


def check_interval_seconds(waited_seconds: int) -> int:
    """Return the whole seconds until the next look.

    Each look is nine history events and three billed transitions. So each comes when the wait has
    doubled, until they are a minute apart, then when it has grown by three fifths, five minutes
    apart at most: a launch of 90 s takes seven looks, a deletion of ten minutes eleven.

    Args:
        waited_seconds: what has passed since the thing was begun.
    """
    doubled_seconds = max(_SHORTEST_INTERVAL_SECONDS, waited_seconds)
    slow_seconds = max(_SLOW_FROM_SECONDS, waited_seconds * 3 // 5)
    return min(doubled_seconds, slow_seconds, _LONGEST_INTERVAL_SECONDS)


def retry_interval_seconds(failing_seconds: int) -> int:
    """Return the whole seconds until something is tried again that failed with all its retries.

    As long as between two looks, and after two hours a twenty-fourth of the time that it fails: an
    outage is prolonged by 4 % at most, and the runs that it has struck do not prolong it by asking.

    Args:
        failing_seconds: for how long it has failed.
    """
    return max(check_interval_seconds(failing_seconds), failing_seconds // _SHARE_OF_AN_OUTAGE)
