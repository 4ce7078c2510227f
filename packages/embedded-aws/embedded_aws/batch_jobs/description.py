"""A job as DescribeJobs, ListJobs and EventBridge show it. Times are in milliseconds."""

from datetime import datetime
from typing import Any

from embedded_aws.batch_jobs.job import BatchJob, Change

_LISTS = ("command", "volumes", "environment", "mountPoints", "ulimits", "secrets")


def describe(job: BatchJob, tags: dict[str, str]) -> dict[str, Any]:
    """Return an entry of DescribeJobs."""
    found: dict[str, Any] = {
        "jobArn": job.arn,
        "jobName": job.name,
        "jobId": job.job_id,
        "jobQueue": job.queue_arn,
        "status": job.status,
        "attempts": [dict(one) for one in job.attempts],
        "createdAt": in_milliseconds(job.created_at),
        "retryStrategy": {"evaluateOnExit": [], **job.retry_strategy},
        "dependsOn": list(job.request.get("dependsOn") or []),
        "jobDefinition": job.definition["jobDefinitionArn"],
        "parameters": dict(job.parameters),
        "container": {
            **{name: [] for name in _LISTS},
            **job.container,
            "networkInterfaces": [],
            **job.present,
        },
        "tags": dict(tags),
        "propagateTags": bool(
            job.request.get("propagateTags", job.definition.get("propagateTags"))
        ),
        "platformCapabilities": list(job.definition["platformCapabilities"]),
        "eksAttempts": [],
        "isCancelled": job.is_cancelled,
        "isTerminated": job.is_terminated,
        **_times(job),
    }
    if job.status_reason:
        found["statusReason"] = job.status_reason
    if job.timeout_seconds is not None:
        found["timeout"] = {"attemptDurationSeconds": job.timeout_seconds}
    return found


def summarise(job: BatchJob, seen: Change) -> dict[str, Any]:
    """Return an entry of ListJobs.

    Args:
        job: the job.
        seen: the last of its changes that ListJobs has noticed.
    """
    found: dict[str, Any] = {
        "jobArn": job.arn,
        "jobId": job.job_id,
        "jobName": job.name,
        "createdAt": in_milliseconds(job.created_at),
        "status": seen.status,
        "jobDefinition": job.definition["jobDefinitionArn"],
    }
    if seen.reason:
        found["statusReason"] = seen.reason
    times = _times(job)
    if seen is job.changes[-1]:
        found |= times
        if "exitCode" in job.present or "reason" in job.present:
            shown = ("exitCode", "reason")
            found["container"] = {one: job.present[one] for one in shown if one in job.present}
    elif seen.status == "RUNNING" and "startedAt" in times:
        found["startedAt"] = times["startedAt"]
    return found


def in_milliseconds(timestamp: datetime) -> int:
    """Return a time as Batch writes it."""
    return int(timestamp.timestamp() * 1000)


def _times(job: BatchJob) -> dict[str, int]:
    times = {"startedAt": job.started_at, "stoppedAt": job.stopped_at}
    return {name: in_milliseconds(one) for name, one in times.items() if one is not None}
