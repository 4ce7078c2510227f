"""The status of a kind of task, as `status.json` and GET /status have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.payloads import Payload
from parris.timestamps import format_timestamp
from parris.training_api.server_status import ServerStatus

if TYPE_CHECKING:
    from datetime import datetime

    from parris.training_api.job_view import JobView
    from parris.training_api.task_type import TaskType

DEV_MODE = "dev_mode"
_UPDATED_AT = "updated_at"


def status_payload(
    task_type: TaskType, job: JobView | None, before: Payload, message: str | None, now: datetime
) -> Payload:
    """Return the status of a kind of task.

    Args:
        task_type: the kind.
        job: its present or last job.
        before: the status so far, whose developer mode a person sets.
        message: why the last request did not start a job.
        now: the present time.
    """
    return {
        "status": ServerStatus.SLEEPING if job is None else job.step,
        DEV_MODE: before.get(DEV_MODE) is True,
        "task_type": task_type.name,
        "job": None if job is None else job.to_payload(),
        "message": message,
        _UPDATED_AT: format_timestamp(now),
    }


def is_changed(before: Payload, status: Payload) -> bool:
    """Return whether a status says something else than before, apart from its time."""
    return {**before, _UPDATED_AT: None} != {**status, _UPDATED_AT: None}
