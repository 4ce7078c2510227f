"""The job of a run of which only the tags of its resources are known.

Step Functions deletes executions after 90 days, and a run that fails at once leaves no state. Its
resources are ended nevertheless, so ending them must not require more of the job than this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.job import Job
from parris.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.resource import Resource

_UNKNOWN = "unknown"


def unknown_job(resources: Sequence[Resource], deployment: str, bucket: str) -> Job:
    """Return what is known of the job that these resources belong to.

    Args:
        resources: at least one, all of one execution.
        deployment: the deployment that owns them.
        bucket: the training bucket of the deployment.
    """
    first = resources[0]
    names = [one.training_job_name for one in resources if one.training_job_name]
    requests = [one.on_termination for one in resources if one.on_termination]
    return Job(
        job_id=first.owner_arn.rpartition(":")[2],
        execution_arn=first.owner_arn,
        started_by=_UNKNOWN,
        submitted_at="",
        training_job_name=next(iter(names), ""),
        deployment=deployment,
        bucket=bucket,
        target=first.target,
        methods=(),
        on_termination=next(iter(requests), _UNKNOWN),
        script=None,
        limits=Limits(None, None, None, save_grace_seconds=0),
        rate=None,
        config={},
    )
