"""CancelJobs and TerminateJobs end up to 50 jobs, each with its own result.

moto has neither. A job that the caller may not end is among `errors`, and stops no other.
"""

import json
from collections.abc import Callable
from typing import Any

from moto.batch import urls
from moto.batch.exceptions import ClientException
from moto.batch.responses import BatchResponse

from embedded_aws.batch_jobs.ends import cancel_job, terminate_job
from embedded_aws.context import current
from embedded_aws.permissions.actions.batch import demand_on_job
from embedded_aws.permissions.authorize import authorize
from embedded_aws.permissions.callers import current_caller
from embedded_aws.permissions.errors import NotAuthorizedError

_MOST_JOBS = 50


def install() -> None:
    """Add both operations."""
    for operation, end in (("CancelJob", cancel_job), ("TerminateJob", terminate_job)):
        name = f"{operation.lower()}s"
        urls.url_paths[f"{{0}}/v1/{name}$"] = BatchResponse.dispatch
        setattr(BatchResponse, name, _make(operation, end))


def _make(operation: str, end: Callable[[str, str], None]) -> Callable[[Any], str]:
    def end_all(self: Any) -> str:
        request = json.loads(self.body)
        jobs = [str(one) for one in request["jobs"]]
        if not 1 <= len(jobs) <= _MOST_JOBS:
            raise ClientException(f"1 to {_MOST_JOBS} jobs can be ended at once")
        successful, errors = list[str](), list[dict[str, str]]()
        for job in jobs:
            try:
                _check(operation, job, self.region)
            except NotAuthorizedError as error:
                errors.append({"job": job, "code": "AccessDenied", "message": error.message})
                continue
            end(job, str(request["reason"]))
            successful.append(job)
        return json.dumps({"successful": successful, "errors": errors})

    return end_all


def _check(operation: str, job: str, region: str) -> None:
    if current().settings.enforce_roles:
        authorize(current_caller(), [demand_on_job(operation, job, region)], region)
