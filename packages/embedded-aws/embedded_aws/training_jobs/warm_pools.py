"""Warm pools: instances that stay for a while after a job, for a job that matches it."""

import threading
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from embedded_aws.context import Context, current
from embedded_aws.training_jobs.job import COMPLETED, TrainingJob

AVAILABLE, IN_USE, REUSED, TERMINATED = "Available", "InUse", "Reused", "Terminated"

# What must be equal. Source: https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
_OF_REQUEST = (
    "RoleArn",
    "VpcConfig",
    "EnableInterContainerTrafficEncryption",
    "EnableNetworkIsolation",
)
_OF_RESOURCES = (
    "InstanceType",
    "InstanceCount",
    "InstanceGroups",
    "VolumeSizeInGB",
    "VolumeKmsKeyId",
)
_changing = threading.RLock()


def keep_alive_seconds(request: Mapping[str, Any]) -> int:
    """Return how long the instances of a job stay after it."""
    return int(request["ResourceConfig"].get("KeepAlivePeriodInSeconds", 0))


def take_warm_pool(request: Mapping[str, Any], jobs: Iterable[TrainingJob]) -> bool:
    """Reuse a matching pool for a new job, if there is one.

    Args:
        request: the parameters of CreateTrainingJob.
        jobs: the account's jobs.
    """
    if not keep_alive_seconds(request):
        return False
    with _changing:
        for job in jobs:
            if job.warm_pool_status == AVAILABLE and _key(job.request) == _key(request):
                job.warm_pool_status, job.reused_by = REUSED, str(request["TrainingJobName"])
                job.retained_until = current().clock.now()
                return True
    return False


def keep_instances(context: Context, job: TrainingJob) -> None:
    """Keep the instances of a job that has ended, or end them."""
    if not job.warm_pool_status:
        return
    with _changing:
        if job.status != COMPLETED or not job.keep_alive_seconds:
            job.warm_pool_status = TERMINATED
            return
        job.warm_pool_status = AVAILABLE
        job.retained_from = context.clock.now()
    _schedule_end(context, job)


def change_keep_alive(context: Context, job: TrainingJob, seconds: int) -> None:
    """Set how long the instances of a job stay, counted from its end; 0 ends them now."""
    with _changing:
        job.keep_alive_seconds = seconds
        job.modified_at = context.clock.now()
    if job.warm_pool_status == AVAILABLE:
        _schedule_end(context, job)


def terminate_pool(job: TrainingJob) -> None:
    """End the instances of a pool that is available."""
    with _changing:
        if job.warm_pool_status == AVAILABLE:
            job.warm_pool_status = TERMINATED
            job.retained_until = job.modified_at = current().clock.now()


def _schedule_end(context: Context, job: TrainingJob) -> None:
    seconds, begins_at = job.keep_alive_seconds, job.retained_from
    if begins_at is None:
        return
    ends_at = begins_at + timedelta(seconds=seconds)
    if ends_at <= context.clock.now():
        terminate_pool(job)
        return

    def end() -> None:
        if job.keep_alive_seconds == seconds:  # else another end is scheduled
            terminate_pool(job)

    context.clock.call_at(ends_at, end)


def _key(request: Mapping[str, Any]) -> list[Any]:
    resources = request["ResourceConfig"]
    own = [request.get(name) or None for name in _OF_REQUEST]
    return [*own, *(resources.get(name) for name in _OF_RESOURCES)]
