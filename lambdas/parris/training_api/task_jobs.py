"""The jobs of a kind of task: the one that runs, and those that wait behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """A job of a kind of task, and since when it is one.

    `etag` is that of the file that requests it, None without such a file, and `sequencer` is that
    of its creation, None until that was reported.
    """

    job_id: str
    execution_arn: str
    claimed_at: datetime
    etag: str | None = None
    sequencer: str | None = None


@dataclass(frozen=True, slots=True)
class TaskItem:
    """The jobs of a kind of task, in their order: the one that has claimed it, and those behind."""

    claim: TaskRequest
    waiting: tuple[TaskRequest, ...] = ()

    @property
    def requests(self) -> tuple[TaskRequest, ...]:
        """Return all of them."""
        return (self.claim, *self.waiting)

    def find(self, job_id: str) -> TaskRequest | None:
        """Return the request of a job, None if it is not here."""
        return next((one for one in self.requests if one.job_id == job_id), None)
