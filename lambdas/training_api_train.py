"""Not a state: takes a request for training over HTTP, and starts its job.

Checks the config as ValidateConfig does and the data set, and reports all violations together;
nothing is stored then. The Idempotency-Key determines the name of the execution, so that a repeated
request starts nothing. A kind of task has one job at a time, unless its config lets jobs wait.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.api_entrypoint import api_handler
from parris.errors import ConfigInvalidError
from parris.payloads import Payload, maybe_text_in, text_in
from parris.training_api.begin_training import claim_place, start_job, wait_behind
from parris.training_api.check_request import find_body_violations, read_description
from parris.training_api.config_check import check_config, may_queue, violations_in, with_own_name
from parris.training_api.data_set.check import check_data
from parris.training_api.data_set.read import DataFormat
from parris.training_api.find_job import execution_arn_of, find_job
from parris.training_api.http_request import HttpResponse
from parris.training_api.problem import Problem, busy, invalid, violation
from parris.training_api.refresh_status import refresh_status, status_so_far
from parris.training_api.request_file import file_of
from parris.training_api.status_file import DEV_MODE
from parris.training_api.task_jobs import TaskRequest
from parris.training_api.task_type import TaskTypes
from parris.training_api.training_request import (
    DIGEST_KEY,
    TrainingRequest,
    is_upload_key,
    job_id_of,
    upload_key_of,
)
from parris.validation.data_set import MOST_DATA_SET_BYTES

if TYPE_CHECKING:
    from parris.entrypoint import Deps
    from parris.training_api.http_request import HttpRequest
    from parris.training_api.task_type import TaskType

_FORM_SECONDS = 3600
_KEY_HEADER, _LONGEST_KEY = "idempotency-key", 255


def train(request: HttpRequest, deps: Deps) -> HttpResponse:
    """Start the job of a request, and return how to follow it."""
    body = request.json()
    task_type = _task_type_of(body, "TrainRequest", deps)
    wanted = TrainingRequest.from_payload(body, task_type)
    job_id = job_id_of(task_type, _identity_of(request))
    machine_arn = deps.settings.state_machine_arn
    arn = execution_arn_of(job_id, machine_arn)
    known = deps.aws.executions.find(arn)
    if known is not None:
        if json.loads(known.execution_input).get(DIGEST_KEY) != wanted.digest:
            detail = "the Idempotency-Key was used for another request"
            raise Problem(409, "key-reused", "The key belongs to another request", detail)
        return _accepted(job_id, task_type)
    violations, count = _violations_of(wanted)
    given = wanted.execution_input(job_id, deps.settings.training_bucket, request.caller)
    if status_so_far(task_type, deps.aws).get(DEV_MODE) is True:
        given = {**given, "dev-mode": True}
    config: Payload = {}
    try:
        config = check_config(job_id, arn, given, deps.aws, request.now)
    except ConfigInvalidError as err:
        of_config, config_count = violations_in(err)
        violations, count = [*of_config, *violations], config_count + count
    if violations:
        raise invalid(violations, count)
    claimed = claim_place(task_type, job_id, machine_arn, deps.aws, request.now)
    place = claimed
    if not claimed.is_free and may_queue(config):
        given = with_own_name(given, config, job_id)
        waiting = TaskRequest(job_id, arn, request.now)
        place = wait_behind(task_type, waiting, claimed, deps.aws, request.now)
    if place.holder is not None:
        raise _busy(place.holder, request, deps)
    key = wanted.data_key(job_id)
    if wanted.data is not None and key is not None:
        deps.aws.bucket.write(key, wanted.data.content)
    if claimed.is_free:
        etag = deps.aws.bucket.write(task_type.request_key, file_of(job_id, given))
        deps.aws.task_types_table.note_file(task_type.name, job_id, etag)
    start_job(job_id, given, machine_arn, deps.aws)
    refresh_status(task_type, machine_arn, deps.aws, request.now)
    return _accepted(job_id, task_type)


def open_upload(request: HttpRequest, deps: Deps) -> HttpResponse:
    """Return a form with which a data set of any allowed size is uploaded."""
    body = request.json()
    task_type = _task_type_of(body, "UploadRequest", deps)
    upload_id = job_id_of(task_type, request.request_id).rpartition("-")[2]
    key = upload_key_of(task_type, upload_id, DataFormat(text_in(body, "format")))
    form = deps.aws.bucket.upload_form(key, MOST_DATA_SET_BYTES, _FORM_SECONDS)
    content: Payload = {
        "upload": key,
        "url": form.url,
        "fields": dict(form.fields),
        "most_bytes": MOST_DATA_SET_BYTES,
        "expires_in_seconds": _FORM_SECONDS,
    }
    return HttpResponse(201, content)


def _task_type_of(body: Payload, schema_name: str, deps: Deps) -> TaskType:
    """Return the kind of task of a request whose body matches its schema."""
    description = read_description(deps.settings.layers_root)
    violations = find_body_violations(body, schema_name, description)
    if violations:
        raise invalid(violations, len(violations))
    kinds = TaskTypes.named(deps.settings.task_types)
    task_type = kinds.find(maybe_text_in(body, "task_type"))
    if task_type is None:
        message = "there are " + ", ".join(kinds.names)
        raise invalid([violation("/task_type", message)], 1)
    upload = maybe_text_in(body, "upload")
    if upload is not None and not is_upload_key(task_type, upload):
        raise invalid([violation("/upload", "POST /uploads returns such a key")], 1)
    return task_type


def _violations_of(wanted: TrainingRequest) -> tuple[list[Payload], int]:
    if wanted.data is None:
        return [], 0
    checked = check_data(wanted.data.content, wanted.data.data_format)
    listed = [{"path": "/data", **one.to_payload()} for one in checked.violations]
    return listed, checked.violation_count


def _identity_of(request: HttpRequest) -> str:
    key = request.headers.get(_KEY_HEADER)
    if key is None:
        return f"request {request.request_id}"
    if not 0 < len(key) <= _LONGEST_KEY or not key.isprintable():
        message = f"1 to {_LONGEST_KEY} printable characters"
        raise invalid([violation("/Idempotency-Key", message)], 1)
    return f"key {key}"


def _busy(holder: str, request: HttpRequest, deps: Deps) -> Problem:
    job = find_job(holder, deps.settings.state_machine_arn, deps.aws, request.now)
    by = None if job is None else job.ends_by
    until = "" if by is None else f", until {by} at the latest"
    return busy(f"{holder} is running{until}", holder)


def _accepted(job_id: str, task_type: TaskType) -> HttpResponse:
    content: Payload = {"job_id": job_id, "task_type": task_type.name}
    return HttpResponse(202, content, {"location": f"/jobs/{job_id}"})


ROUTES = {"POST /train": train, "POST /uploads": open_upload}
handler = api_handler(ROUTES)
