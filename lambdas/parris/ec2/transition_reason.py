"""The timestamp in EC2's reason for a state transition."""

import re
from datetime import UTC, datetime

_MOMENT = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:GMT|UTC)\)")


def time_of_transition(reason: str) -> datetime | None:
    """Return the time in e.g. `User initiated (2026-11-21 01:00:00 GMT)`, or None without one.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
    (stateTransitionReason)
    """
    found = _MOMENT.search(reason)
    if found is None:
        return None
    return datetime.strptime(found.group(1), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
