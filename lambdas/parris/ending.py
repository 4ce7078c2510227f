"""The words in which the end of a job is told from state to state."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parris.exit_report import ExitReport


class EndStep(StrEnum):
    """What StopOrDeleteStack has set going, and ConfirmEnded waits for."""

    NOTHING_TO_END = "nothing-to-end"
    SAVING = "saving"
    STOPPING = "stopping"
    DELETING = "deleting"
    KEPT = "kept"
    VOLUME_KEPT = "volume-kept"


class EndState(StrEnum):
    """What ConfirmEnded has seen."""

    ENDED = "ended"
    ENDING = "ending"
    END_AGAIN = "end-again"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EndSighting:
    """One look at what is left of a job. `launched_at` is None where no machine ever ran."""

    state: EndState
    stack_status: str
    left: tuple[str, ...]
    launched_at: datetime | None = None
    machine_ended_at: datetime | None = None
    exit: ExitReport | None = None


LONGEST_CLEANUP_SECONDS = 24 * 3600
