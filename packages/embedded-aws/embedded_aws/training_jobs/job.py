"""A training job as SageMaker stores it: the request, its statuses and its times. Data only."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

IN_PROGRESS, COMPLETED, FAILED = "InProgress", "Completed", "Failed"
STOPPING, STOPPED = "Stopping", "Stopped"
ENDED = (COMPLETED, FAILED, STOPPED)

_MESSAGES = {
    "Starting": "Starting the training job",
    "Pending": "Training job waiting for capacity",
    "Downloading": "Downloading the training image and the input data",
    "Training": "Training image download completed. Training in progress.",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopping": "Stopping the training job",
    "Stopped": "Training job stopped",
    "Interrupted": "The Spot instances of the training job were interrupted",
    "Restarting": "Restarting the training job",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
    "MaxWaitTimeExceeded": "Training job wait time exceeded MaxWaitTimeInSeconds provided",
}


@dataclass
class TrainingJob:
    """One job. moto's code for tags reads `arn` and `tags`.

    `attempts` are the times at which instances began and ended to work for it: more than one after
    interruptions. `retained_from` and `retained_until` are those of its warm pool.
    """

    request: dict[str, Any]
    arn: str
    created_at: datetime
    tags: list[dict[str, str]]
    status: str = IN_PROGRESS
    secondary_status: str = "Starting"
    failure_reason: str = ""
    modified_at: datetime = field(init=False)
    transitions: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[list[datetime]] = field(default_factory=list)
    billable_share: float = 1.0
    final_metrics: list[dict[str, Any]] = field(default_factory=list)
    keep_alive_seconds: int = 0
    warm_pool_status: str = ""
    retained_from: datetime | None = None
    retained_until: datetime | None = None
    reused_by: str = ""

    def __post_init__(self) -> None:
        """Begin with its first status."""
        self.modified_at = self.created_at
        self._begin(self.secondary_status, self.created_at)

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.request["TrainingJobName"])

    @property
    def has_ended(self) -> bool:
        """Whether its status is final."""
        return self.status in ENDED

    @property
    def is_spot(self) -> bool:
        """Whether it uses spot instances."""
        return bool(self.request.get("EnableManagedSpotTraining"))

    def change(self, status: str, secondary_status: str, now: datetime) -> None:
        """Change both statuses, and record the transition."""
        self.status, self.secondary_status, self.modified_at = status, secondary_status, now
        self.transitions[-1]["EndTime"] = now
        self._begin(secondary_status, now)
        if self.has_ended:
            self.transitions[-1]["EndTime"] = now

    def _begin(self, secondary_status: str, now: datetime) -> None:
        message = _MESSAGES[secondary_status]
        self.transitions.append(
            {"Status": secondary_status, "StartTime": now, "StatusMessage": message}
        )

    def begin_attempt(self, now: datetime) -> None:
        """Record that instances begin to work for it."""
        self.attempts.append([now])

    def end_attempt(self, now: datetime) -> None:
        """Record that they have ended, if they work."""
        if self.attempts and len(self.attempts[-1]) == 1:
            self.attempts[-1].append(now)

    def training_seconds(self, now: datetime) -> float:
        """Return for how long instances have worked for it."""
        return sum(((one[1:] or [now])[0] - one[0]).total_seconds() for one in self.attempts)
