"""When a schedule starts jobs, as people write it on the command line."""

from __future__ import annotations

import re

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_CLOCK = re.compile(
    r"(?:(?P<days>[A-Za-z]{3}(?:[,-][A-Za-z]{3})*)\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})"
)
_EXPRESSION = re.compile(r"(?:cron|rate|at)\(.+\)")

FORMS = (
    "04:00, 'fri 22:00', 'mon-fri 6:30', or cron(...), rate(...) or at(...) as EventBridge has them"
)


def parse_when(text: str) -> str:
    """Return the expression of EventBridge Scheduler for a time.

    Args:
        text: a time of day, with days of the week before it or without; or an expression.

    Raises:
        ValueError: if it is none of them.
    """
    stripped = text.strip()
    if _EXPRESSION.fullmatch(stripped):
        return stripped
    found = _CLOCK.fullmatch(stripped)
    if found is None or int(found["hour"]) > 23 or int(found["minute"]) > 59:
        raise ValueError(f"found {text!r}, expected {FORMS}")
    days = (found["days"] or "").upper()
    if not set(re.findall(r"[A-Z]+", days)) <= set(_DAYS):
        raise ValueError(f"found {text!r}, expected days such as {', '.join(_DAYS).lower()}")
    at = f"{int(found['minute'])} {int(found['hour'])}"
    return f"cron({at} ? * {days} *)" if days else f"cron({at} * * ? *)"
