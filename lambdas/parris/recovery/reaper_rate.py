"""Whether the reaper runs often enough to wake runs whose event was lost.

EventBridge delivers the event of a machine's end at best effort. Between two deadlines a run
sleeps, and the reaper wakes it if its event was lost. If the reaper runs less than once a day, or
if its schedule does not show how often it runs, each run makes a check of its own once a day.
"""

from parris.limits import LONGEST_JOB_SECONDS

LONGEST_UNWATCHED_SECONDS = 24 * 3600

_DAYS_OF_A_CRON = ("*", "?")
_SECONDS_OF = {"minute": 60, "hour": 3600, "day": 24 * 3600}


def longest_sleep_seconds(reaper_rate: str) -> int:
    """Return the longest sleep of a run in seconds: as long as any job if the reaper watches it.

    Args:
        reaper_rate: an EventBridge schedule such as `rate(1 hour)`, or `never`.
    """
    return LONGEST_JOB_SECONDS if _is_at_least_daily(reaper_rate) else LONGEST_UNWATCHED_SECONDS


def _is_at_least_daily(reaper_rate: str) -> bool:
    kind, _, rest = reaper_rate.strip().partition("(")
    fields = rest.rstrip(" )").split()
    if kind == "rate" and len(fields) == 2 and fields[0].isdecimal():
        every_seconds = int(fields[0]) * _SECONDS_OF.get(fields[1].rstrip("s"), 0)
        return 0 < every_seconds <= LONGEST_UNWATCHED_SECONDS
    # Minutes, hours, day of the month, month, day of the week, year. Whatever its minutes and
    # hours are, a schedule for every day runs at least once on each.
    return kind == "cron" and len(fields) == 6 and set(fields[2:]) <= set(_DAYS_OF_A_CRON)
