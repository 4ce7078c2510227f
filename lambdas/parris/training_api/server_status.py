"""The status of a kind of task, as `status.json` and GET /status have it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from parris.payloads import Payload, part_of
from parris.timestamps import format_timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from parris.training_api.job_view import JobView
    from parris.training_api.task_type import TaskType

DEV_MODE = "dev_mode"
_UPDATED_AT, _RUNNING = "updated_at", "running"


class ServerStatus(StrEnum):
    """What a kind of task does: nothing, or one step of its job."""

    SLEEPING = "sleeping"
    STARTING = "starting"
    ACTIVE = "active"
    STOPPING = "stopping"


def step_of(state: Payload) -> ServerStatus:
    """Return the step of a running job, from the last state that its execution has entered."""
    if any(part_of(state, part) for part in ("end", "cleanup", "outcome")):
        return ServerStatus.STOPPING
    is_running = part_of(state, "run").get("status") == _RUNNING
    return ServerStatus.ACTIVE if is_running else ServerStatus.STARTING


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
