"""The reasons for which a job can end."""

from enum import StrEnum


class EndReason(StrEnum):
    """Why a job ended, as state names, outputs, tags and records spell it."""

    COMPLETED = "COMPLETED"
    SCRIPT_FAILED = "SCRIPT_FAILED"
    TIME_LIMIT = "TIME_LIMIT"
    CLOCK_TIME = "CLOCK_TIME"
    COST_LIMIT = "COST_LIMIT"
    STOPPED_EARLY = "STOPPED_EARLY"
    METRIC_REACHED = "METRIC_REACHED"
    NO_IMPROVEMENT = "NO_IMPROVEMENT"
    NO_PROGRESS = "NO_PROGRESS"
    INSTANCE_LOST = "INSTANCE_LOST"
    NO_CAPACITY = "NO_CAPACITY"
    LAUNCH_FAILED = "LAUNCH_FAILED"
    SUPERSEDED = "SUPERSEDED"
    ABORTED = "ABORTED"
    CLEANUP_FAILED = "CLEANUP_FAILED"
    CONFIG_REJECTED = "CONFIG_REJECTED"


SUCCESSFUL_REASONS = frozenset(
    {
        EndReason.COMPLETED,
        EndReason.TIME_LIMIT,
        EndReason.CLOCK_TIME,
        EndReason.COST_LIMIT,
        EndReason.STOPPED_EARLY,
        EndReason.METRIC_REACHED,
        EndReason.NO_IMPROVEMENT,
    }
)
"""Those for which an execution succeeds: the job ended as its owner asked."""
