"""The reasons for which a job can end."""

from enum import StrEnum


class EndReason(StrEnum):
    """Why a job ended, as state names, outputs, tags and records spell it."""

    COMPLETED = "COMPLETED"
    SCRIPT_FAILED = "SCRIPT_FAILED"
    TIME_LIMIT = "TIME_LIMIT"
    COST_LIMIT = "COST_LIMIT"
    INSTANCE_LOST = "INSTANCE_LOST"
    NO_CAPACITY = "NO_CAPACITY"
    LAUNCH_FAILED = "LAUNCH_FAILED"
    SUPERSEDED = "SUPERSEDED"
    ABORTED = "ABORTED"
    CLEANUP_FAILED = "CLEANUP_FAILED"
    CONFIG_REJECTED = "CONFIG_REJECTED"
