"""Faults of single AWS API calls, and the striker that decides which calls they affect."""

from collections.abc import Callable
from enum import StrEnum

from embedded_aws.context import current, is_running
from embedded_aws.fault_injection.aws_call import AwsCall


class CallFault(StrEnum):
    """What happens to an affected call.

    `throttled`: it is refused because there were too many. `unavailable`: the service responds with
    5xx. `denied`: the caller's role may not do it. `lost`: it never arrives, and the caller's
    connection breaks. `answer-lost`: it takes effect, and the connection breaks before the
    response. `unknown-status`: it takes effect, and the status in the response has an unknown
    value. `killed`: the calling function dies after the call has taken effect. `killed-before`: the
    calling function dies and the call never arrives.
    """

    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    DENIED = "denied"
    LOST = "lost"
    ANSWER_LOST = "answer-lost"
    UNKNOWN_STATUS = "unknown-status"
    KILLED = "killed"
    KILLED_BEFORE = "killed-before"


Striker = Callable[[AwsCall], CallFault | None]
"""Called with every call before the response, from many threads; returns the fault, if any."""

_SERVICE = "call-faults"


def strike_calls(striker: Striker | None) -> None:
    """Set the striker for calls of the running embedded AWS; None removes it."""
    if striker is None:
        current().services.pop(_SERVICE, None)
    else:
        current().services[_SERVICE] = striker


def striker_of_calls() -> Striker | None:
    """Return the striker; None if there is none, or no embedded AWS is running."""
    found = current().services.get(_SERVICE) if is_running() else None
    return found if callable(found) else None
