"""A job as Batch describes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parris.policy import MachineState
from parris.targets.batch.failures import Failure, failure_of, reason_text
from parris.targets.batch.status import state_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class BatchJob:
    """A job with one attempt.

    `started_at` is when its container began to run, and `stopped_at` when it ended; None while it
    has not. `exit_code` is that of the container, None without one. `container_reason` is what ECS
    says of the container, and `container_instance_arn` its machine, empty on Fargate or before it
    has one.
    """

    job_id: str
    name: str
    status: str
    created_at: datetime
    queue: str = ""
    status_reason: str = ""
    container_reason: str = ""
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    exit_code: int | None = None
    task_arn: str = ""
    container_instance_arn: str = ""
    log_stream: str = ""
    definition: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> MachineState:
        """Return what its status means.

        Raises:
            MachineStateUnknownError: if that is not known.
        """
        return state_of(self.status)

    @property
    def is_over(self) -> bool:
        """Return whether it has ended."""
        return self.state is MachineState.OVER

    @property
    def has_begun(self) -> bool:
        """Return whether its container has ever run."""
        return self.started_at is not None

    @property
    def task_id(self) -> str | None:
        """Return the id of its ECS task, which names the session of its role; None before that."""
        return self.task_arn.rpartition("/")[2] or None

    @property
    def failure(self) -> Failure:
        """Return why it waits, or has ended."""
        return failure_of(self.status_reason, self.container_reason)

    @property
    def reason(self) -> str:
        """Return what Batch says of its status."""
        return reason_text(self.status_reason, self.container_reason)

    @property
    def ran_seconds(self) -> int:
        """Return how long it has run, once it has ended."""
        if self.started_at is None or self.stopped_at is None:
            return 0
        return max(0, int((self.stopped_at - self.started_at).total_seconds()))
