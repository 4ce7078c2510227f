"""CancelJobs and TerminateJobs end up to 50 jobs, each with its own result.

moto has neither. AWS reports a job that the caller may not end among `errors`; here the whole
request is refused.
"""

import json
from collections.abc import Callable
from typing import Any

from moto.batch import urls
from moto.batch.exceptions import ClientException
from moto.batch.responses import BatchResponse

from embedded_aws.batch_jobs.ends import cancel_job, terminate_job

_MOST_JOBS = 50


def install() -> None:
    """Add both operations."""
    for name, end in (("canceljobs", cancel_job), ("terminatejobs", terminate_job)):
        urls.url_paths[f"{{0}}/v1/{name}$"] = BatchResponse.dispatch
        setattr(BatchResponse, name, _make(end))


def _make(end: Callable[[str, str], None]) -> Callable[[Any], str]:
    def end_all(self: Any) -> str:
        request = json.loads(self.body)
        jobs = [str(one) for one in request["jobs"]]
        if not 1 <= len(jobs) <= _MOST_JOBS:
            raise ClientException(f"1 to {_MOST_JOBS} jobs can be ended at once")
        for job in jobs:
            end(job, str(request["reason"]))
        return json.dumps({"successful": jobs, "errors": []})

    return end_all
