"""A job takes time, runs its container on an instance, and ends by itself or on request.

moto runs the image in Docker on no instance at all, and has one attempt, no timeout of it, no
events and no CancelJob that does nothing. Here `embedded_aws.batch_jobs` manages the job, and the
driver of `Settings.batch_containers` runs its container.
"""

import json
from typing import Any

from moto.batch.exceptions import ClientException
from moto.batch.responses import BatchResponse

from embedded_aws.batch_jobs.description import describe
from embedded_aws.batch_jobs.ends import cancel_job, terminate_job
from embedded_aws.batch_jobs.request_checks import find_submission_violation
from embedded_aws.batch_jobs.runs import is_runnable, start_job
from embedded_aws.batch_jobs.store import backend, find_job, tags_of
from embedded_aws.context import current
from embedded_aws.patching import wrap

_MOST_DESCRIBED = 100


def install() -> None:
    """Patch the operations."""
    wrap(BatchResponse, "submitjob", _make_submit)
    wrap(BatchResponse, "describejobs", _make_describe)
    wrap(BatchResponse, "terminatejob", _make_terminate)
    wrap(BatchResponse, "canceljob", _make_cancel)


def _make_submit(original: Any) -> Any:
    def submit(self: Any) -> str:
        request = json.loads(self.body)
        violation = find_submission_violation(request)
        if violation is None and not is_runnable(current()):
            violation = (
                "The embedded AWS does not model this: processes use the machine's clock, not a"
                " virtual one"
            )
        if violation is not None:
            raise ClientException(violation)
        queue = backend().get_job_queue(request["jobQueue"])
        definition = backend().get_job_definition(request["jobDefinition"])
        job = start_job(request, queue.arn, json.loads(json.dumps(definition.describe())))
        return json.dumps({"jobArn": job.arn, "jobName": job.name, "jobId": job.job_id})

    return submit


def _make_describe(original: Any) -> Any:
    def describe_jobs(self: Any) -> str:
        wanted = json.loads(self.body)["jobs"]
        if len(wanted) > _MOST_DESCRIBED:
            raise ClientException(f"At most {_MOST_DESCRIBED} jobs can be described at once")
        found = [job for job in map(find_job, dict.fromkeys(wanted)) if job is not None]
        return json.dumps({"jobs": [describe(job, tags_of(job.arn)) for job in found]})

    return describe_jobs


def _make_terminate(original: Any) -> Any:
    def terminate(self: Any) -> str:
        request = json.loads(self.body)
        terminate_job(request["jobId"], request["reason"])
        return "{}"

    return terminate


def _make_cancel(original: Any) -> Any:
    def cancel(self: Any) -> str:
        request = json.loads(self.body)
        cancel_job(request["jobId"], request["reason"])
        return "{}"

    return cancel
