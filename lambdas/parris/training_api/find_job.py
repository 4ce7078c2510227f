"""Finds a job by its id: in Step Functions while it runs, in the run index afterwards."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from parris.job import Job
from parris.payloads import Payload
from parris.reasons import EndReason
from parris.termination.metrics import metrics_in
from parris.timestamps import format_timestamp
from parris.training_api.job_view import JobView
from parris.training_api.server_status import ServerStatus, step_of

if TYPE_CHECKING:
    from datetime import datetime

    from parris.aws.executions import FoundExecution
    from parris.aws.gateways import Gateways
    from parris.folder import JobFolder

# Names of executions. Source:
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
_JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


def execution_arn_of(job_id: str, state_machine_arn: str) -> str:
    """Return the ARN of the execution of a job."""
    return f"{state_machine_arn.replace(':stateMachine:', ':execution:')}:{job_id}"


def find_job(job_id: str, state_machine_arn: str, aws: Gateways, now: datetime) -> JobView | None:
    """Return what is known of a job, or None if there is no such job."""
    if _JOB_ID.fullmatch(job_id) is None:
        return None
    entry = aws.run_index.find(job_id)
    arn = execution_arn_of(job_id, state_machine_arn)
    if entry is None:
        return _without_record(job_id, arn, aws, now)
    view, execution = JobView.of_ended(entry), aws.executions.find(arn)
    if execution is None:
        return view
    # The record is written before the end of the execution.
    if execution.is_alive:
        return dataclasses.replace(view, step=ServerStatus.STOPPING)
    return dataclasses.replace(view, cause=execution.message.partition(": ")[2] or None)


def running_job(execution_arn: str, aws: Gateways) -> tuple[Job, Payload] | None:
    """Return the job of a running execution, and its last state; None before it has a job."""
    last = aws.executions.find_last_state(execution_arn)
    return None if last is None else (Job.from_state(last.state), last.state)


def _without_record(
    job_id: str, execution_arn: str, aws: Gateways, now: datetime
) -> JobView | None:
    execution = aws.executions.find(execution_arn)
    if execution is None:
        return None
    if not execution.is_alive:
        return _rejected(job_id, execution)
    running = running_job(execution_arn, aws)
    if running is None:
        submitted_at = format_timestamp(execution.started_at)
        return JobView(job_id, ServerStatus.STARTING, submitted_at=submitted_at)
    job, state = running
    return JobView.of_running(job, state, step_of(state), _last_metrics(job.folder, aws), now)


def _rejected(job_id: str, execution: FoundExecution) -> JobView:
    """Return the view of a job that has ended before anything was launched."""
    reason, _, cause = execution.message.partition(": ")
    is_known = reason in set(EndReason)
    return JobView(
        job_id,
        ServerStatus.SLEEPING,
        submitted_at=format_timestamp(execution.started_at),
        reason=reason if is_known else EndReason.ABORTED,
        cause=cause if is_known else execution.message,
    )


def _last_metrics(folder: JobFolder, aws: Gateways) -> Payload:
    if not folder.machine_prefix:
        return {}
    try:
        report = aws.bucket.read_json(folder.heartbeat_key)
    except ValueError:
        return {}  # a script can write anything there
    return {} if report is None else metrics_in(report)
