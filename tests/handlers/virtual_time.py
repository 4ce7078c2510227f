"""Time of the handlers' tests: the embedded AWS's virtual clock, which stands still otherwise."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.context import current

T = TypeVar("T")

_LONGEST_WAIT_SECONDS = 3600


def await_result(check: Callable[[], T], is_awaited: Callable[[T], bool]) -> T:
    """Return the first result that is awaited; between two checks one virtual second passes."""
    for _ in range(_LONGEST_WAIT_SECONDS):
        if is_awaited(result := check()):
            return result
        let_pass(1)
    raise AssertionError(f"after an hour of virtual time: {result}")


def let_pass(seconds: float) -> None:
    """Let virtual time pass, and what is due by then happen."""
    clock = current().clock
    assert isinstance(clock, VirtualClock)
    clock.run_until(clock.now() + timedelta(seconds=seconds))
