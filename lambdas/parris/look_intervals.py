"""How long a run waits between two looks at something that takes its time."""

_FIRST_STEPS_SECONDS = 60
_LONGEST_INTERVAL_SECONDS = 300


def look_interval_seconds(waited_seconds: int) -> int:
    """Return the whole seconds until the next look, 1 at least.

    Each look is nine history events and three billed transitions. So each comes when the wait has
    tripled, until they are a minute apart, then after half as long again, five minutes at most: a
    launch of 90 s takes seven looks, a deletion of ten minutes eleven.

    Args:
        waited_seconds: what has passed since the thing was begun.
    """
    slow_seconds = max(_FIRST_STEPS_SECONDS, waited_seconds // 2)
    return max(1, min(2 * waited_seconds, slow_seconds, _LONGEST_INTERVAL_SECONDS))
