"""Not a state: shows kinds of task and their jobs, and keeps their status files up to date.

Called by the HTTP API, and by EventBridge when an execution starts or ends, or a runner has started
or ended. The record of a job decides: what `status.json` says is written from it. May raise the Aws
errors, after which Lambda retries an event; an HTTP request gets a response in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.api_entrypoint import api_handler
from parris.aws.machine_notes import noted_folder
from parris.folder import JobFolder
from parris.payloads import Payload, text_in
from parris.timestamps import parse_timestamp
from parris.training_api.find_job import find_job
from parris.training_api.http_request import HttpResponse
from parris.training_api.job_details import LINKS_SECONDS, log_tail, metric_series, result_files
from parris.training_api.job_view import JobView
from parris.training_api.problem import not_found
from parris.training_api.refresh_status import jobs_of, refresh_status
from parris.training_api.task_type import TaskTypes

if TYPE_CHECKING:
    from parris.entrypoint import Deps
    from parris.training_api.http_request import HttpRequest

_MOST_JOBS = 50


def show_status(request: HttpRequest, deps: Deps) -> HttpResponse:
    """Return the status of a kind of task, and the names of all kinds."""
    kinds = TaskTypes.named(deps.settings.task_types)
    task_type = kinds.find(request.query.get("task_type"))
    if task_type is None:
        raise not_found("no such kind of task; there are " + ", ".join(kinds.names))
    status = refresh_status(task_type, deps.settings.state_machine_arn, deps.aws, request.now)
    return HttpResponse(200, {**status, "task_types": list(kinds.names)})


def list_jobs(request: HttpRequest, deps: Deps) -> HttpResponse:
    """Return the jobs that run and wait for each kind of task, and the last that have ended."""
    jobs: dict[str, Payload] = {}
    machine_arn = deps.settings.state_machine_arn
    for kind in TaskTypes.named(deps.settings.task_types).all:
        for _, job in jobs_of(kind, machine_arn, deps.aws, request.now):
            jobs[job.job_id] = job.to_payload()
    for entry in deps.aws.run_index.latest(_MOST_JOBS):
        ended = JobView.of_ended(entry)
        jobs.setdefault(ended.job_id, ended.to_payload())
    return HttpResponse(200, {"jobs": list(jobs.values())})


def show_job(request: HttpRequest, deps: Deps) -> HttpResponse:
    """Return a job with the end of its log and its metrics over time."""
    job = _job_of(request, deps)
    folder = _folder_of(job, deps)
    details: Payload = {"log": [], "series": {}}
    if folder is not None:
        details = {
            "log": list(log_tail(folder, deps.aws)),
            "series": metric_series(folder, deps.aws),
        }
    return HttpResponse(200, {**job.to_payload(), **details})


def show_results(request: HttpRequest, deps: Deps) -> HttpResponse:
    """Return links to the files of a job's results."""
    folder = _folder_of(_job_of(request, deps), deps)
    if folder is None:
        raise not_found("the job has no results")
    files = result_files(folder, deps.aws)
    return HttpResponse(200, {"files": list(files), "expires_in_seconds": LINKS_SECONDS})


def refresh_all(event: Payload, deps: Deps) -> Payload:
    """Bring the status files of all kinds of task up to date."""
    now = parse_timestamp(text_in(event, "time"))
    machine_arn, kinds = deps.settings.state_machine_arn, TaskTypes.named(deps.settings.task_types)
    found = {one.name: refresh_status(one, machine_arn, deps.aws, now) for one in kinds.all}
    return {"statuses": {name: status["status"] for name, status in found.items()}}


def _job_of(request: HttpRequest, deps: Deps) -> JobView:
    job_id = request.path.get("job_id", "")
    job = find_job(job_id, deps.settings.state_machine_arn, deps.aws, request.now)
    if job is None:
        raise not_found("there is no such job")
    return job


def _folder_of(job: JobView, deps: Deps) -> JobFolder | None:
    """Return the folder of a job with that of its machine; None before its config was accepted."""
    if job.training_job_name is None:
        return None
    bucket = deps.aws.bucket
    return noted_folder(JobFolder(bucket.name, job.training_job_name, job.job_id), bucket)


ROUTES = {
    "GET /status": show_status,
    "GET /jobs": list_jobs,
    "GET /jobs/{job_id}": show_job,
    "GET /jobs/{job_id}/results": show_results,
}
handler = api_handler(ROUTES, refresh_all)
