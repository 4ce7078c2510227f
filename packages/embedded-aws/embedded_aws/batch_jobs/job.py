"""A job as Batch stores it: the request, its status and its attempts. Data only."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SUBMITTED, PENDING, RUNNABLE = "SUBMITTED", "PENDING", "RUNNABLE"
STARTING, RUNNING = "STARTING", "RUNNING"
SUCCEEDED, FAILED = "SUCCEEDED", "FAILED"
BEFORE_STARTING = (SUBMITTED, PENDING, RUNNABLE)
ENDED = (SUCCEEDED, FAILED)


@dataclass(frozen=True, slots=True)
class Change:
    """What a job's status was from a time on."""

    at: datetime
    status: str
    reason: str


@dataclass(eq=False)
class BatchJob:
    """One job. `definition` is its job definition, with the properties as they were.

    `container` has the container properties with the overrides of the request. `present` is what is
    known of the present attempt: its task, container instance, log stream, exit code and reason.
    """

    request: dict[str, Any]
    job_id: str
    arn: str
    queue_arn: str
    definition: dict[str, Any]
    container: dict[str, Any]
    parameters: dict[str, str]
    retry_strategy: dict[str, Any]
    timeout_seconds: int | None
    created_at: datetime
    status: str = SUBMITTED
    status_reason: str = ""
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    present: dict[str, Any] = field(default_factory=dict)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    is_cancelled: bool = False
    is_terminated: bool = False
    changes: list[Change] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with its first status."""
        self.changes.append(Change(self.created_at, self.status, self.status_reason))

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.request["jobName"])

    @property
    def has_ended(self) -> bool:
        """Whether its status is final."""
        return self.status in ENDED

    def change(self, status: str, reason: str, now: datetime) -> None:
        """Change its status and the reason for it, and record the change."""
        self.status, self.status_reason = status, reason
        self.changes.append(Change(now, status, reason))

    def is_alive(self) -> bool:
        """Return False: moto waits for its own threads when it is reset."""
        return False
