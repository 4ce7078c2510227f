"""The meaning of every CloudFormation stack status for a job."""

from enum import StrEnum

from parris.errors import ResourceStateUnknownError


class StackPhase(StrEnum):
    """The phase of a stack's life cycle."""

    CREATING = "creating"
    READY = "ready"
    FAILING = "failing"
    FAILED = "failed"
    DELETING = "deleting"
    STUCK = "stuck"
    GONE = "gone"


_PHASES = {
    "CREATE_IN_PROGRESS": StackPhase.CREATING,
    "REVIEW_IN_PROGRESS": StackPhase.CREATING,
    "CREATE_COMPLETE": StackPhase.READY,
    "CREATE_FAILED": StackPhase.FAILED,
    "ROLLBACK_IN_PROGRESS": StackPhase.FAILING,
    "ROLLBACK_COMPLETE": StackPhase.FAILED,
    "ROLLBACK_FAILED": StackPhase.FAILED,
    "DELETE_IN_PROGRESS": StackPhase.DELETING,
    "DELETE_COMPLETE": StackPhase.GONE,
    "DELETE_FAILED": StackPhase.STUCK,
    # Only a person updates or imports a job's stack. The instance exists nevertheless.
    "UPDATE_IN_PROGRESS": StackPhase.READY,
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": StackPhase.READY,
    "UPDATE_COMPLETE": StackPhase.READY,
    "UPDATE_FAILED": StackPhase.READY,
    "UPDATE_ROLLBACK_IN_PROGRESS": StackPhase.READY,
    "UPDATE_ROLLBACK_FAILED": StackPhase.READY,
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": StackPhase.READY,
    "UPDATE_ROLLBACK_COMPLETE": StackPhase.READY,
    "IMPORT_IN_PROGRESS": StackPhase.READY,
    "IMPORT_COMPLETE": StackPhase.READY,
    "IMPORT_ROLLBACK_IN_PROGRESS": StackPhase.READY,
    "IMPORT_ROLLBACK_FAILED": StackPhase.READY,
    "IMPORT_ROLLBACK_COMPLETE": StackPhase.READY,
}

LIVING_STATUSES: tuple[str, ...] = tuple(
    status for status, phase in _PHASES.items() if phase is not StackPhase.GONE
)
"""All statuses of a stack that still exists."""


def phase_of(status: str) -> StackPhase:
    """Return the phase of a stack status.

    Raises:
        ResourceStateUnknownError: for a status that AWS did not have when this table was written.
    """
    try:
        return _PHASES[status]
    except KeyError:
        raise ResourceStateUnknownError(
            f"CloudFormation returned the unknown stack status {status}"
        ) from None
