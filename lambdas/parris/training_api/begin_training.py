"""Starts the job of a kind of task, unless one is running that it cannot wait for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from parris.errors import AwsUnavailableError
from parris.training_api.find_job import execution_arn_of
from parris.training_api.task_jobs import TaskRequest

if TYPE_CHECKING:
    from datetime import datetime

    from parris.aws.gateways import Gateways
    from parris.payloads import Payload
    from parris.training_api.task_type import TaskType

_START_TAKES = timedelta(minutes=1)
"""How long after its claim a job may have no execution yet; Lambda ends the function by then."""

_MOST_WAITING, _ATTEMPTS = 50, 10


@dataclass(frozen=True, slots=True)
class Place:
    """Whether a job may start: it has claimed its kind, or `holder` has."""

    holder: str | None = None

    @property
    def is_free(self) -> bool:
        """Return whether the job is now that of its kind."""
        return self.holder is None


def claim_place(
    task_type: TaskType, job_id: str, state_machine_arn: str, aws: Gateways, now: datetime
) -> Place:
    """Make a job that of its kind, unless the kind has a running job. Safe to repeat."""
    table = aws.task_types_table
    item = table.find(task_type.name)
    if item is not None:
        holder = next((one for one in item.requests if _is_running(one, aws, now)), None)
        if holder is not None and holder.job_id != job_id:
            return Place(holder.job_id)
        if item.find(job_id) is not None:
            return Place()
    arn = execution_arn_of(job_id, state_machine_arn)
    if table.claim(task_type.name, TaskRequest(job_id, arn, now), item):
        return Place()
    other = table.find(task_type.name)
    return Place(None if other is None else other.claim.job_id)


def wait_behind(
    task_type: TaskType, request: TaskRequest, place: Place, aws: Gateways, now: datetime
) -> Place:
    """Put a job behind those of its kind that run and wait. Safe to repeat.

    Returns:
        A free place, since the job may start; `place`, which is not free, if too many wait already.

    Raises:
        AwsUnavailableError: if others change the queue all the time.
    """
    table = aws.task_types_table
    for _ in range(_ATTEMPTS):
        item = table.find(task_type.name)
        if item is None or item.find(request.job_id) is not None:
            return Place()
        waiting = tuple(one for one in item.waiting if _is_running(one, aws, now))
        if len(waiting) >= _MOST_WAITING:
            return place
        if table.set_waiting(task_type.name, item, (*waiting, request)):
            return Place()
    raise AwsUnavailableError(f"the queue of {task_type.name} changes all the time")


def start_job(job_id: str, execution_input: Payload, state_machine_arn: str, aws: Gateways) -> None:
    """Start the execution of a job, unless it was started before."""
    aws.executions.start(state_machine_arn, job_id, json.dumps(execution_input))


def _is_running(request: TaskRequest, aws: Gateways, now: datetime) -> bool:
    execution = aws.executions.find(request.execution_arn)
    if execution is None:
        return now < request.claimed_at + _START_TAKES
    return execution.is_alive
