"""What SageMaker's statuses of a training job mean.

The table has every pair that SageMaker documents, and every secondary status. A status that it does
not have raises MachineStateUnknownError.
"""

from __future__ import annotations

from typing import Final

from parris.errors import MachineStateUnknownError
from parris.policy import MachineState

IN_PROGRESS: Final = "InProgress"
COMPLETED: Final = "Completed"
FAILED: Final = "Failed"
STOPPING: Final = "Stopping"
STOPPED: Final = "Stopped"
DELETING: Final = "Deleting"

LIVING_STATUSES: Final = (IN_PROGRESS, STOPPING)
"""The statuses of a training job that runs, or has yet to."""

TRAINING: Final = "Training"
MAX_RUNTIME_EXCEEDED: Final = "MaxRuntimeExceeded"
MAX_WAIT_TIME_EXCEEDED: Final = "MaxWaitTimeExceeded"
INTERRUPTED: Final = "Interrupted"

_STATES = {
    IN_PROGRESS: MachineState.RUNNING,
    STOPPING: MachineState.ENDING,
    COMPLETED: MachineState.OVER,
    FAILED: MachineState.OVER,
    STOPPED: MachineState.OVER,
    DELETING: MachineState.OVER,
}

_SECONDARY_STATES = {
    # Nothing is billed before the instances run.
    "Starting": MachineState.STARTING,
    "LaunchingMLInstances": MachineState.STARTING,
    "PreparingTrainingStack": MachineState.STARTING,
    "Pending": MachineState.STARTING,
    "Downloading": MachineState.RUNNING,
    "DownloadingTrainingImage": MachineState.RUNNING,
    TRAINING: MachineState.RUNNING,
    "Uploading": MachineState.RUNNING,
    "Updating": MachineState.RUNNING,
    "Restarting": MachineState.RUNNING,
    # AWS has taken the instances back, and looks for others until the longest wait is over.
    INTERRUPTED: MachineState.STARTING,
    STOPPING: MachineState.ENDING,
    STOPPED: MachineState.OVER,
    MAX_RUNTIME_EXCEEDED: MachineState.OVER,
    MAX_WAIT_TIME_EXCEEDED: MachineState.OVER,
    COMPLETED: MachineState.OVER,
    FAILED: MachineState.OVER,
}


def state_of(status: str, secondary_status: str = "") -> MachineState:
    """Return the state of a training job.

    Args:
        status: its TrainingJobStatus, which says whether it has ended.
        secondary_status: its SecondaryStatus, which says how far a job in progress has come;
            empty where it is not known.

    Raises:
        MachineStateUnknownError: if the table has no such status.
    """
    state = _STATES.get(status)
    if state is None:
        raise MachineStateUnknownError(f"SageMaker returned the unknown status {status}")
    if state is not MachineState.RUNNING or not secondary_status:
        return state
    finer = _SECONDARY_STATES.get(secondary_status)
    if finer is None:
        raise MachineStateUnknownError(
            f"SageMaker returned the unknown secondary status {secondary_status}"
        )
    # A job in progress has not ended, even if its secondary status is ahead of it.
    return finer if finer in (MachineState.STARTING, MachineState.RUNNING) else MachineState.ENDING


def is_known(status: str) -> bool:
    """Return whether the table has a status."""
    return status in _STATES


def is_living(status: str) -> bool:
    """Return whether a training job with this status runs, or has yet to."""
    return status in LIVING_STATUSES
