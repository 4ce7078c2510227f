"""Starts the job of a kind of task, unless one is running."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from parris.training_api.find_job import execution_arn_of

if TYPE_CHECKING:
    from datetime import datetime

    from parris.aws.gateways import Gateways
    from parris.aws.task_types_table import TaskItem
    from parris.payloads import Payload
    from parris.training_api.task_type import TaskType

_START_TAKES = timedelta(minutes=1)
"""How long after its claim a job may have no execution yet; Lambda ends the function by then."""


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
    if item is not None and item.job_id != job_id and _is_running(item, aws, now):
        return Place(item.job_id)
    arn = execution_arn_of(job_id, state_machine_arn)
    ended = None if item is None else item.job_id
    if table.claim(task_type.name, job_id, arn, now, ended):
        return Place()
    other = table.find(task_type.name)
    return Place(None if other is None else other.job_id)


def start_job(job_id: str, execution_input: Payload, state_machine_arn: str, aws: Gateways) -> None:
    """Start the execution of a job, unless it was started before."""
    aws.executions.start(state_machine_arn, job_id, json.dumps(execution_input))


def _is_running(item: TaskItem, aws: Gateways, now: datetime) -> bool:
    execution = aws.executions.find(item.execution_arn)
    if execution is None:
        return now < item.claimed_at + _START_TAKES
    return execution.is_alive
