"""The moment that EC2 hides in its words for a change of state."""

import re
from datetime import UTC, datetime

_MOMENT = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:GMT|UTC)\)")


def time_of_transition(reason: str) -> datetime | None:
    """Return the moment in e.g. `User initiated (2026-11-21 01:00:00 GMT)`, None where none is.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
    (stateTransitionReason)
    """
    found = _MOMENT.search(reason)
    if found is None:
        return None
    return datetime.strptime(found.group(1), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
