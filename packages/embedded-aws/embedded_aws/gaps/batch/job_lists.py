"""ListJobs filters exactly, sorts, cuts pages, shows RUNNING jobs by default, and lags behind.

moto lists jobs of all states, knows no filter but JOB_NAME, and knows a job at once. Here
`BatchDelays.list_lag` passes before ListJobs shows a new job or its new status.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from moto.batch.exceptions import ClientException
from moto.batch.responses import BatchResponse

from embedded_aws.batch_compute.pages import page_of
from embedded_aws.batch_jobs.description import in_milliseconds, summarise
from embedded_aws.batch_jobs.store import backend, jobs_of_account
from embedded_aws.context import current
from embedded_aws.patching import wrap


def install() -> None:
    """Patch the operation."""
    wrap(BatchResponse, "listjobs", _make_list)


def _make_list(original: Any) -> Any:
    def list_jobs(self: Any) -> str:
        request = json.loads(self.body)
        filters = request.get("filters") or []
        if not request.get("jobQueue"):
            raise ClientException(
                "The embedded AWS does not model this: ListJobs without a job queue"
            )
        if len(filters) > 1:
            raise ClientException("Only one filter can be used at a time")
        queue = backend().get_job_queue(request["jobQueue"])
        if queue is None:
            raise ClientException(f"Job queue {request['jobQueue']} does not exist")
        status = request.get("jobStatus", "RUNNING")
        seen_until = current().clock.now() - timedelta(
            seconds=current().settings.batch_delays.list_lag
        )
        found = []
        for job in jobs_of_account().values():
            seen = [one for one in job.changes if one.at <= seen_until]
            if job.queue_arn != queue.arn or not seen:
                continue
            is_wanted = _matches(job, filters[0]) if filters else seen[-1].status == status
            if is_wanted:
                found.append(summarise(job, seen[-1]))
        found.sort(key=lambda one: one["createdAt"], reverse=True)
        return json.dumps(page_of(found, "jobSummaryList", request))

    return list_jobs


def _matches(job: Any, wanted: Mapping[str, Any]) -> bool:
    name, values = wanted.get("name"), [str(one) for one in wanted.get("values") or []]
    created_at = in_milliseconds(job.created_at)
    definition = job.definition
    if name == "JOB_NAME":  # in any case of letters
        return any(_is_like(job.name.lower(), one.lower()) for one in values)
    if name == "JOB_DEFINITION":
        return any(
            one == definition["jobDefinitionArn"] or _is_like(definition["jobDefinitionName"], one)
            for one in values
        )
    if name == "BEFORE_CREATED_AT":
        return any(created_at < int(one) for one in values)
    if name == "AFTER_CREATED_AT":
        return any(created_at > int(one) for one in values)
    raise ClientException(f"Unknown filter {name}")


def _is_like(text: str, pattern: str) -> bool:
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern
