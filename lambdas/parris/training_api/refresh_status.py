"""Writes the status file of a kind of task from the record of its job, wherever that differs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.payloads import Payload, maybe_text_in
from parris.training_api.find_job import find_job
from parris.training_api.server_status import ServerStatus, is_changed, status_payload

if TYPE_CHECKING:
    from datetime import datetime

    from parris.aws.gateways import Gateways
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
    item = aws.task_types_table.find(task_type.name)
    job = None if item is None else find_job(item.job_id, state_machine_arn, aws, now)
    before = status_so_far(task_type, aws)
    is_sleeping = job is None or job.step is ServerStatus.SLEEPING
    kept = maybe_text_in(before, "message") if is_sleeping else None
    status = status_payload(task_type, job, before, message or kept, now)
    if is_changed(before, status):
        if item is not None and item.etag is not None and job is not None and is_sleeping:
            # First, so that a crash in between repeats it. A newer file has another entity tag.
            aws.bucket.delete_version(task_type.request_key, item.etag)
        aws.bucket.write(task_type.status_key, json.dumps(status, indent=2).encode())
    return status


def status_so_far(task_type: TaskType, aws: Gateways) -> Payload:
    """Return what the status file says; empty where it is missing, or was overwritten."""
    try:
        found = aws.bucket.read_json(task_type.status_key)
        message = None if found is None else found.get("message")
        return found if found and (message is None or isinstance(message, str)) else {}
    except ValueError:
        return {}
