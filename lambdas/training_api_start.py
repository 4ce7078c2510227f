"""Not a state: starts the job that a new `training/training.json` requests.

Called by EventBridge when the file of a kind of task is created. The execution is named after the
event, or is the one that the training API has written into the file, so that a duplicate event
starts nothing. Writes the status file, which says why a request was refused. May raise the Aws
errors, after which Lambda retries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.entrypoint import Deps, lambda_handler
from parris.errors import ConfigInvalidError
from parris.payloads import Payload, text_in
from parris.timestamps import parse_timestamp
from parris.training_api.begin_training import claim_place, start_job, wait_behind
from parris.training_api.config_check import check_config, may_queue, with_own_name
from parris.training_api.find_job import execution_arn_of
from parris.training_api.refresh_status import refresh_status, status_so_far
from parris.training_api.request_file import FileEvent, read_request_file
from parris.training_api.status_file import DEV_MODE
from parris.training_api.task_jobs import TaskRequest
from parris.training_api.task_type import TaskTypes
from parris.validation.read_json import MOST_FILE_BYTES, JsonTextError

if TYPE_CHECKING:
    from datetime import datetime

    from parris.training_api.request_file import RequestedTraining
    from parris.training_api.task_type import TaskType


def run(event: Payload, deps: Deps) -> Payload:
    """Return the job that was started, or why none was."""
    created, now = FileEvent.from_event(event), parse_timestamp(text_in(event, "time"))
    task_type = TaskTypes.named(deps.settings.task_types).requested_by(created.key)
    if task_type is None:
        return {"job_id": None, "why": "the file is of no kind of task"}
    body = deps.aws.bucket.read(created.key, MOST_FILE_BYTES)
    if body is None:
        return {"job_id": None, "why": "the file was deleted meanwhile"}
    why = None
    try:
        requested = read_request_file(body, task_type, created)
        why = _start(task_type, requested, created, deps, now)
        result: Payload = {"job_id": requested.job_id if why is None else None, "why": why}
    except JsonTextError as err:
        why = str(err)
        result = {"job_id": None, "why": why}
    message = None if why is None else f"{created.key} did not start a job: {why}"
    refresh_status(task_type, deps.settings.state_machine_arn, deps.aws, now, message)
    return result


def _start(
    task_type: TaskType,
    requested: RequestedTraining,
    created: FileEvent,
    deps: Deps,
    now: datetime,
) -> str | None:
    """Start the job, unless there is a reason not to, which is returned."""
    machine_arn, job_id = deps.settings.state_machine_arn, requested.job_id
    execution = deps.aws.executions.find(execution_arn_of(job_id, machine_arn))
    if execution is not None and not execution.is_alive:
        item = deps.aws.task_types_table.find(task_type.name)
        is_known = item is not None and item.find(job_id) is not None
        return None if is_known else f"it names {job_id}, which has ended"
    given = requested.execution_input
    if status_so_far(task_type, deps.aws).get(DEV_MODE) is True:
        given = {**given, "dev-mode": True}
    place = claim_place(task_type, job_id, machine_arn, deps.aws, now)
    if place.is_free:
        deps.aws.task_types_table.note_file(task_type.name, job_id, created.etag, created.sequencer)
    elif (config := _checked(job_id, given, deps, now)) and may_queue(config):
        given = with_own_name(given, config, job_id)
        arn = execution_arn_of(job_id, machine_arn)
        request = TaskRequest(job_id, arn, now, created.etag, created.sequencer)
        place = wait_behind(task_type, request, place, deps.aws, now)
    if not place.is_free:
        return f"{place.holder} is running"
    if execution is None:
        start_job(job_id, given, machine_arn, deps.aws)
    return None


def _checked(job_id: str, given: Payload, deps: Deps, now: datetime) -> Payload | None:
    """Return the whole config, None if it has violations."""
    arn = execution_arn_of(job_id, deps.settings.state_machine_arn)
    try:
        return check_config(job_id, arn, given, deps.aws, now)
    except ConfigInvalidError:
        return None


handler = lambda_handler(run)
