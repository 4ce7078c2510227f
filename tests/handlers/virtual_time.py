"""Time of the handlers' tests: the embedded AWS's virtual clock, which stands still otherwise."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.context import current

T = TypeVar("T")

_LONGEST_WAIT_SECONDS = 3600


def await_result(
    check: Callable[[], T], is_awaited: Callable[[T], bool], pause_seconds: int = 1
) -> T:
    """Return the first result that is awaited; between two checks virtual time passes."""
    for _ in range(0, _LONGEST_WAIT_SECONDS, pause_seconds):
        if is_awaited(result := check()):
            return result
        let_pass(pause_seconds)
    raise AssertionError(f"after an hour of virtual time: {result}")


def let_pass(seconds: float) -> None:
    """Let virtual time pass, and what is due by then happen."""
    clock = current().clock
    assert isinstance(clock, VirtualClock)
    clock.run_until(clock.now() + timedelta(seconds=seconds))
