"""Which machine of a run has saved the latest results: a lost one may have saved none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.aws.bucket import Bucket
    from parris.job import Job
    from parris.past_attempt import PastAttempt


def latest_attempt_with_results(bucket: Bucket, job: Job) -> PastAttempt | None:
    """Return the latest attempt that has ended and has saved results, or None."""
    for past in reversed(job.past_attempts):
        if past.machine_prefix and _has_results(bucket, job, past.machine_prefix):
            return past
    return None


def prefix_of_latest_results(bucket: Bucket, job: Job) -> str:
    """Return the prefix of the machine that has saved the latest results of the run.

    If none has, it is the latest machine; empty if there was none.
    """
    if not job.past_attempts:
        return job.machine_prefix
    if job.machine_prefix and _has_results(bucket, job, job.machine_prefix):
        return job.machine_prefix
    saved = latest_attempt_with_results(bucket, job)
    if saved is not None:
        return saved.machine_prefix
    prefixes = (job.machine_prefix, *(one.machine_prefix for one in reversed(job.past_attempts)))
    return next(filter(None, prefixes), "")


def _has_results(bucket: Bucket, job: Job, machine_prefix: str) -> bool:
    return bucket.has_any(job.on_machine(machine_prefix).folder.results_prefix)
