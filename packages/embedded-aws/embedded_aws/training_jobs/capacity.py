"""Whether SageMaker has instances for a training job, and whether the account's quotas allow it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from embedded_aws.context import current
from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import faults
from embedded_aws.training_hosts import hosts_of
from embedded_aws.training_jobs.job import TrainingJob
from embedded_aws.training_quotas import instances_quota, run_time_quota, warm_pool_quota

_ACCELERATED = re.compile(r"ml\.(p|g|trn)\d.*")


def has_capacity(request: Mapping[str, Any]) -> bool:
    """Return whether there are instances of all types of a job now."""
    if faults().is_on(FaultKind.NO_CAPACITY):
        return False
    lacking = current().settings.unavailable_instance_types
    return not any(host.instance_type in lacking for host in hosts_of(request))


def longest_pending_seconds(request: Mapping[str, Any]) -> float:
    """Return how long a job waits for capacity before it fails.

    A job's own limit has an effect on accelerated types alone. Source:
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
    """
    own = request["StoppingCondition"].get("MaxPendingTimeInSeconds")
    types = [host.instance_type for host in hosts_of(request)]
    if own is not None and any(_ACCELERATED.fullmatch(one) for one in types):
        return float(own)
    return current().settings.training_delays.capacity


def find_exceeded_quota(request: Mapping[str, Any], jobs: Sequence[TrainingJob]) -> str | None:
    """Return the message about a quota that a new job would exceed, None if there is none.

    Args:
        request: the parameters of CreateTrainingJob.
        jobs: the account's jobs, whose instances count while they have not ended.
    """
    is_spot = bool(request.get("EnableManagedSpotTraining"))
    in_use = Counter(
        host.instance_type
        for job in jobs
        if not job.has_ended and job.is_spot is is_spot
        for host in hosts_of(job.request)
    )
    wanted = Counter(host.instance_type for host in hosts_of(request))
    for instance_type, count in wanted.items():
        quota = instances_quota(instance_type, is_spot=is_spot)
        is_used_up = instance_type in current().settings.instance_types_beyond_quota
        value, used = 0.0 if is_used_up else quota.value, in_use[instance_type]
        if used + count > value:
            return _exceeded(quota.name, value, used, count, "Instances")
    exceeded = _exceeded_warm_pool(request, wanted, jobs)
    if exceeded is not None:
        return exceeded
    run_time = run_time_quota()
    seconds = request["StoppingCondition"].get("MaxRuntimeInSeconds", 0)
    if seconds > run_time.value:
        return _exceeded(run_time.name, run_time.value, 0, seconds, "Seconds")
    return None


def _exceeded_warm_pool(
    request: Mapping[str, Any], wanted: Counter[str], jobs: Iterable[TrainingJob]
) -> str | None:
    if not request["ResourceConfig"].get("KeepAlivePeriodInSeconds"):
        return None
    kept = Counter(
        host.instance_type
        for job in jobs
        if job.warm_pool_status in ("Available", "InUse")
        for host in hosts_of(job.request)
    )
    for instance_type, count in wanted.items():
        quota = warm_pool_quota(instance_type)
        if kept[instance_type] + count > quota.value:
            return _exceeded(quota.name, quota.value, kept[instance_type], count, "Instances")
    return None


def _exceeded(name: str, value: float, used: int, wanted: int, unit: str) -> str:
    return (
        f"The account-level service limit '{name}' is {value:.0f} {unit}, with current utilization"
        f" of {used} {unit} and a request delta of {wanted} {unit}. Please use AWS Service Quotas"
        " to request an increase for this quota. If AWS Service Quotas is not available, contact"
        " AWS support to request an increase for this quota."
    )
