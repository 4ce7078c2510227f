"""How long a run waits between two checks of a launch, an end or an outage."""

_SHORTEST_INTERVAL_SECONDS = 3
_SLOW_FROM_SECONDS = 60
_LONGEST_INTERVAL_SECONDS = 300
_SHARE_OF_AN_OUTAGE = 24


def check_interval_seconds(waited_seconds: int) -> int:
    """Return the whole seconds until the next check.

    Each check takes nine history events and three billed transitions. So the interval doubles up
    to one minute, and then is three fifths of the waiting time, up to five minutes: a launch of 90
    s takes seven checks, a deletion of ten minutes takes eleven.

    Args:
        waited_seconds: time since the operation began.
    """
    doubled_seconds = max(_SHORTEST_INTERVAL_SECONDS, waited_seconds)
    slow_seconds = max(_SLOW_FROM_SECONDS, waited_seconds * 3 // 5)
    return min(doubled_seconds, slow_seconds, _LONGEST_INTERVAL_SECONDS)


def retry_interval_seconds(failing_seconds: int) -> int:
    """Return the whole seconds until a call is tried again that has used up its retries.

    The interval of a check; from two hours on, a twenty-fourth of the time that the call has been
    failing. So a run notices the end of an outage at most 4 % late, and waiting runs add little
    load.

    Args:
        failing_seconds: how long the call has been failing.
    """
    return max(check_interval_seconds(failing_seconds), failing_seconds // _SHARE_OF_AN_OUTAGE)
