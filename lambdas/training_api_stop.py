"""Not a state: stops a job, over HTTP or because a person has deleted its `training/training.json`.

A stop is a request to the run: it saves its results, ends what it has launched, and is recorded as
any other end. Our own deletion of the file after the end of its job stops nothing: that job is not
running, and the event is older than the file of the next one. May raise the Aws errors, after which
Lambda retries an event.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from parris.api_entrypoint import api_handler
from parris.errors import AwsUnavailableError
from parris.payloads import Payload, text_in
from parris.timestamps import format_timestamp, parse_timestamp
from parris.training_api.find_job import execution_arn_of, find_job, running_job
from parris.training_api.http_request import HttpResponse
from parris.training_api.problem import Problem, not_found
from parris.training_api.refresh_status import refresh_status
from parris.training_api.request_file import FileEvent
from parris.training_api.server_status import ServerStatus
from parris.training_api.task_type import TaskTypes

if TYPE_CHECKING:
    from datetime import datetime

    from parris.entrypoint import Deps
    from parris.training_api.http_request import HttpRequest
    from parris.training_api.task_jobs import TaskItem, TaskRequest


def stop_job(request: HttpRequest, deps: Deps) -> HttpResponse:
    """Request that a job saves its results and ends."""
    job_id = request.path.get("job_id", "")
    job = find_job(job_id, deps.settings.state_machine_arn, deps.aws, request.now)
    if job is None:
        raise not_found("there is no such job")
    if job.step is ServerStatus.SLEEPING:
        raise Problem(409, "ended", "The job has ended", f"{job_id} has ended: {job.reason}")
    if not _request_stop(job_id, deps, request.now):
        detail = "its config is still being checked; try again in a few seconds"
        raise Problem(409, "not-yet", "The job cannot be stopped yet", detail)
    stopping = dataclasses.replace(job, step=ServerStatus.STOPPING)
    return HttpResponse(202, stopping.to_payload())


def on_deletion(event: Payload, deps: Deps) -> Payload:
    """Stop the job whose file was deleted, if it is running."""
    deleted, now = FileEvent.from_event(event), parse_timestamp(text_in(event, "time"))
    task_type = TaskTypes.named(deps.settings.task_types).requested_by(deleted.key)
    if task_type is None:
        return {"was_stopped": False, "why": "the file is of no kind of task"}
    request = _requested_by(deps.aws.task_types_table.find(task_type.name), deleted, deps)
    why = None
    if request is None:
        why = "the file of the present job was not deleted"
    elif not deps.aws.executions.is_alive(request.execution_arn):
        why = "the job has ended"
    elif not _request_stop(request.job_id, deps, now):
        raise AwsUnavailableError(f"{request.job_id} has not begun yet, so it cannot be stopped")
    refresh_status(task_type, deps.settings.state_machine_arn, deps.aws, now)
    return {"was_stopped": why is None, "why": why}


def _requested_by(item: TaskItem | None, deleted: FileEvent, deps: Deps) -> TaskRequest | None:
    """Return the last job that the deleted file has requested, None if it is a file of none."""
    if item is None:
        return None
    reported = [(int(one.sequencer, 16), one) for one in item.requests if one.sequencer is not None]
    if not reported:
        # The creation is not reported yet.
        is_gone = deps.aws.bucket.size_of(deleted.key) is None
        return item.claim if item.claim.etag is not None and is_gone else None
    earlier = [one for one in reported if one[0] < int(deleted.sequencer, 16)]
    return max(earlier, key=lambda one: one[0])[1] if earlier else None


def _request_stop(job_id: str, deps: Deps, now: datetime) -> bool:
    """Request the stop of a running job, and return whether it has begun, so that it can stop."""
    arn = execution_arn_of(job_id, deps.settings.state_machine_arn)
    running = running_job(arn, deps.aws)
    if running is None:
        return False
    return deps.aws.signals.stop(running[0].training_job_name, arn, format_timestamp(now))


ROUTES = {"POST /jobs/{job_id}/stop": stop_job}
handler = api_handler(ROUTES, on_deletion)
