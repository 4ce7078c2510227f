"""What can go wrong with one call of an AWS API, and who decides with which."""

from collections.abc import Callable
from enum import StrEnum

from embedded_aws.context import current, is_running
from embedded_aws.fault_injection.aws_call import AwsCall


class CallFault(StrEnum):
    """What becomes of a call that is struck.

    `throttled`: it is refused since too much was asked. `unavailable`: the service answers 5xx.
    `denied`: the caller's role may not do it. `lost`: it never arrives, and the caller's connection
    breaks. `answer-lost`: it takes effect, and the connection breaks before the answer.
    `unknown-status`: it takes effect, and the status in its answer is one that nobody knows.
    `killed`: the function that asks dies when the call has taken effect.
    `killed-before`: the function dies and the call never arrives.
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
"""Sees every call before it is answered, from many threads, and says what goes wrong with it."""

_SERVICE = "call-faults"


def strike_calls(striker: Striker | None) -> None:
    """Let a striker see the calls of the running embedded AWS from now on; None lets nothing."""
    if striker is None:
        current().services.pop(_SERVICE, None)
    else:
        current().services[_SERVICE] = striker


def striker_of_calls() -> Striker | None:
    """Return who sees the calls; None where nobody does, or nothing runs."""
    found = current().services.get(_SERVICE) if is_running() else None
    return found if callable(found) else None
