"""What Batch's statuses of a job mean. Another status raises MachineStateUnknownError."""

from __future__ import annotations

from typing import Final

from parris.errors import MachineStateUnknownError
from parris.policy import MachineState

SUBMITTED: Final = "SUBMITTED"
PENDING: Final = "PENDING"
RUNNABLE: Final = "RUNNABLE"
STARTING: Final = "STARTING"
RUNNING: Final = "RUNNING"
SUCCEEDED: Final = "SUCCEEDED"
FAILED: Final = "FAILED"

LIVING_STATUSES: Final = (RUNNING, STARTING, RUNNABLE, PENDING, SUBMITTED)
"""The statuses of a job that runs or has yet to, those that are billed first."""

_STATES = {
    SUBMITTED: MachineState.STARTING,
    PENDING: MachineState.STARTING,
    RUNNABLE: MachineState.STARTING,
    STARTING: MachineState.STARTING,
    RUNNING: MachineState.RUNNING,
    SUCCEEDED: MachineState.OVER,
    FAILED: MachineState.OVER,
}


def state_of(status: str) -> MachineState:
    """Return the state of a job.

    Raises:
        MachineStateUnknownError: if the table has no such status.
    """
    state = _STATES.get(status)
    if state is None:
        raise MachineStateUnknownError(f"AWS Batch returned the unknown status {status}")
    return state


def is_known(status: str) -> bool:
    """Return whether the table has a status."""
    return status in _STATES


def is_living(status: str) -> bool:
    """Return whether a job with this status runs, or has yet to; also if it is not known."""
    return _STATES.get(status) is not MachineState.OVER
