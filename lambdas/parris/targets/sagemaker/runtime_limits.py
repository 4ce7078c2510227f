"""How long a training job may run, from the limits of the job and the quota of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.targets.sagemaker.spec import LONGEST_RUNTIME_SECONDS

if TYPE_CHECKING:
    from parris.limits import Limits

STOP_GRACE_SECONDS = 120
"""The time between SIGTERM and SIGKILL when a training job is stopped or reaches its limit.
Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html"""

USUAL_RUNTIME_SECONDS = 432_000
"""The quota of the run time of an account that has requested no increase.
Source: https://docs.aws.amazon.com/general/latest/gr/sagemaker.html"""

SHORTEST_RUNTIME_SECONDS = 60
"""A limit leaves at least this much time to train."""


def max_runtime_seconds(limits: Limits, longest_runtime_seconds: int) -> int:
    """Return MaxRuntimeInSeconds, which is always set: omitted, it would be one day.

    SageMaker sends SIGTERM at that time, then SIGKILL after 120 s, and then uploads the results,
    which is billed. All of it lies within the job's limits.

    Args:
        limits: the job's limits, with those of its cost in seconds.
        longest_runtime_seconds: the account's quota, or the longest time of any training job.
    """
    earliest = earliest_limit_seconds(limits)
    if earliest is None:
        return longest_runtime_seconds
    reserved_seconds = STOP_GRACE_SECONDS + upload_allowance_seconds(earliest)
    return max(1, min(earliest - reserved_seconds, longest_runtime_seconds))


def max_wait_seconds(limits: Limits, requested_seconds: int | None, runtime_seconds: int) -> int:
    """Return MaxWaitTimeInSeconds of managed spot training, which includes the run time.

    Args:
        limits: the job's limits.
        requested_seconds: the config's longest wait, or None for the default: until the time limit
            or the clock time, or else as long as a training job may take.
        runtime_seconds: MaxRuntimeInSeconds, of which it may not be less.
    """
    if requested_seconds is not None:
        return max(requested_seconds, runtime_seconds)
    limit_seconds = limits.runtime_limit_seconds
    if limit_seconds is None:
        return max(LONGEST_RUNTIME_SECONDS, runtime_seconds)
    reserved_seconds = STOP_GRACE_SECONDS + upload_allowance_seconds(limit_seconds)
    return max(limit_seconds - reserved_seconds, runtime_seconds)


def earliest_limit_seconds(limits: Limits) -> int | None:
    """Return the earliest of the limits of time and cost, or None if there is none."""
    chosen = (limits.runtime_limit_seconds, limits.cost_limit_seconds)
    return min((seconds for seconds in chosen if seconds is not None), default=None)


def shortest_limit_seconds() -> int:
    """Return the shortest limit that leaves time to train beside saving and upload."""
    return SHORTEST_RUNTIME_SECONDS + STOP_GRACE_SECONDS + upload_allowance_seconds(0)


def upload_allowance_seconds(limit_seconds: int) -> int:
    """Return the time for the upload of the results: a twentieth of the limit, 1 to 10 minutes."""
    return max(60, min(600, limit_seconds // 20))
