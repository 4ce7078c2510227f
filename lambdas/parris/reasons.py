"""Every way in which a job can end, by its one name."""

from enum import StrEnum


class EndReason(StrEnum):
    """Why a job ended: the word in state names, outputs, tags and records."""

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


SUCCEEDING = frozenset({EndReason.COMPLETED, EndReason.TIME_LIMIT, EndReason.COST_LIMIT})
"""The reasons that end an execution in Succeed: the job ended as its owner asked."""


def state_name_of(reason: EndReason) -> str:
    """Return the name of the state that stands for this end, e.g. `TimeLimit`."""
    return "".join(word.capitalize() for word in reason.value.split("_"))
