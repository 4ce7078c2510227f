"""Where moto keeps what Batch has, and the lookups in it."""

from datetime import timedelta
from typing import Any

from moto.batch.models import batch_backends

from embedded_aws.batch_jobs.job import BatchJob
from embedded_aws.context import current

# "Job information is kept for at least 24 hours"; jobs are known to be listed for 7 days. Source:
# https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
_KEPT = timedelta(days=7)


def backend() -> Any:
    """Return moto's Batch of this account."""
    settings = current().settings
    return batch_backends[settings.account_id][settings.region]


def jobs_of_account() -> dict[str, BatchJob]:
    """Return the jobs that Batch still knows, by their ids, the oldest first."""
    oldest = current().clock.now() - _KEPT
    jobs: dict[str, BatchJob] = backend()._jobs
    return {
        job_id: job
        for job_id, job in list(jobs.items())
        if job.stopped_at is None or job.stopped_at > oldest
    }


def find_job(identifier: str) -> BatchJob | None:
    """Return a job by its id or ARN, None if there is none."""
    return jobs_of_account().get(identifier.rpartition("/")[2])


def environments_of(queue: Any) -> list[Any]:
    """Return the compute environments of a queue, in its order."""
    ordered = sorted(queue.env_order_json, key=lambda one: int(one["order"]))
    found = [backend().get_compute_environment(one["computeEnvironment"]) for one in ordered]
    return [one for one in found if one is not None]


def tags_of(arn: str) -> dict[str, str]:
    """Return the tags of a resource of Batch."""
    tags: dict[str, str] = backend().list_tags_for_resource(arn)
    return tags
