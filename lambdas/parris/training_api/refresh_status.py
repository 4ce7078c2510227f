"""Writes the status file of a kind of task from the record of its job, wherever that differs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.payloads import Payload, maybe_text_in
from parris.training_api.find_job import find_job
from parris.training_api.server_status import ServerStatus
from parris.training_api.status_file import is_changed, status_payload

if TYPE_CHECKING:
    from datetime import datetime

    from parris.aws.gateways import Gateways
    from parris.training_api.job_view import JobView
    from parris.training_api.task_jobs import TaskRequest
    from parris.training_api.task_type import TaskType


def refresh_status(
    task_type: TaskType,
    state_machine_arn: str,
    aws: Gateways,
    now: datetime,
    message: str | None = None,
) -> Payload:
    """Return the status of a kind of task, after writing it where it has changed.

    The file that has requested a job is deleted when the job has ended.

    Args:
        task_type: the kind.
        state_machine_arn: the state machine of its jobs.
        aws: the gateways.
        now: the present time.
        message: why a request did not start a job; the last one is kept until a job starts.
    """
    jobs = jobs_of(task_type, state_machine_arn, aws, now)
    job = next((one for _, one in jobs if not _has_ended(one)), jobs[-1][1] if jobs else None)
    before = status_so_far(task_type, aws)
    is_sleeping = job is None or _has_ended(job)
    kept = maybe_text_in(before, "message") if is_sleeping else None
    status = status_payload(task_type, job, before, message or kept, now)
    if is_changed(before, status):
        # First, so that a crash in between repeats it. A newer file has another entity tag.
        for request, one in jobs:
            if request.etag is not None and _has_ended(one):
                aws.bucket.delete_version(task_type.request_key, request.etag)
        aws.bucket.write(task_type.status_key, json.dumps(status, indent=2).encode())
    return status


def jobs_of(
    task_type: TaskType, state_machine_arn: str, aws: Gateways, now: datetime
) -> list[tuple[TaskRequest, JobView]]:
    """Return the jobs of a kind in their order: its last one, or those that run and wait."""
    item = aws.task_types_table.find(task_type.name)
    requests = () if item is None else item.requests
    found = [(one, find_job(one.job_id, state_machine_arn, aws, now)) for one in requests]
    return [(request, job) for request, job in found if job is not None]


def status_so_far(task_type: TaskType, aws: Gateways) -> Payload:
    """Return what the status file says; empty where it is missing, or was overwritten."""
    try:
        found = aws.bucket.read_json(task_type.status_key)
        message = None if found is None else found.get("message")
        return found if found and (message is None or isinstance(message, str)) else {}
    except ValueError:
        return {}


def _has_ended(job: JobView) -> bool:
    return job.step is ServerStatus.SLEEPING
