"""`$.run`: what the run knows of its launch and then of its machine."""

from datetime import datetime

from parris.payloads import Payload
from parris.waits import sleep_payload


def launch_progress(
    status: str,
    next_check_seconds: int,
    sleep_seconds: int,
    now: datetime,
    *,
    can_sleep: bool = True,
) -> Payload:
    """Return `$.run` before the machine is known.

    Args:
        status: `starting`, `no-capacity`, `launch-again` or `running`.
        next_check_seconds: when to check again if the run cannot sleep until an event.
        sleep_seconds: when to check again if no event comes.
        now: when this was found out.
        can_sleep: whether the run's item is there to store a task token.
    """
    return {
        "status": status,
        "next_check_seconds": next_check_seconds,
        **sleep_payload(sleep_seconds, now),
        "can_sleep": can_sleep,
        "machine_id": None,
        "machine_prefix": None,
        "launched_at": None,
        "carry": {},
        "retry_checks_until": None,
    }
