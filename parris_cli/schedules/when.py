"""When a schedule starts jobs, as people write it on the command line."""

from __future__ import annotations

import re

from parris.near_names import did_you_mean

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(
    r"(?:(?P<days>[A-Za-z]{3,}(?:[,-][A-Za-z]{3,})*)\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?P<zone>\s+[A-Za-z][\w+/-]*)?"
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
    if found["zone"] is not None:
        without, zone = stripped.removesuffix(found["zone"]), found["zone"].strip()
        raise ValueError(f"found {text!r}, expected {without!r} and the option --timezone {zone}")
    days = re.sub(r"[A-Za-z]+", _day, found["days"] or "")
    at = f"{int(found['minute'])} {int(found['hour'])}"
    return f"cron({at} ? * {days} *)" if days else f"cron({at} * * ? *)"


def _day(found: re.Match[str]) -> str:
    """Return a day as EventBridge has it."""
    name = found.group().lower()
    if not any(name in (day, day[:3]) for day in _DAYS):
        meant = did_you_mean(name, _DAYS)
        raise ValueError(f"found {name!r}, expected a day such as fri or friday{meant}")
    return name[:3].upper()
