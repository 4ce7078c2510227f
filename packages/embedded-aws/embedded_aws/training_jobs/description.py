"""A training job as DescribeTrainingJob, ListTrainingJobs and EventBridge show it."""

import math
from datetime import datetime
from typing import Any

from embedded_aws.training_jobs.job import TrainingJob

# Parts of the request that are not shown.
_HIDDEN = ("Tags", "SessionChainingConfig")


def describe(job: TrainingJob, now: datetime) -> dict[str, Any]:
    """Return what DescribeTrainingJob returns."""
    request = {name: value for name, value in job.request.items() if name not in _HIDDEN}
    resources = dict(request["ResourceConfig"])
    if "KeepAlivePeriodInSeconds" in resources:
        resources["KeepAlivePeriodInSeconds"] = job.keep_alive_seconds
    found = {
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
        "EnableManagedSpotTraining": False,
        **request,
        "ResourceConfig": resources,
        "TrainingJobArn": job.arn,
        "TrainingJobStatus": job.status,
        "SecondaryStatus": job.secondary_status,
        "CreationTime": job.created_at,
        "LastModifiedTime": job.modified_at,
        "SecondaryStatusTransitions": [dict(one) for one in job.transitions],
        "ModelArtifacts": {"S3ModelArtifacts": model_uri(job.request)},
        **_times(job),
    }
    if job.failure_reason:
        found["FailureReason"] = job.failure_reason
    if job.final_metrics:
        found["FinalMetricDataList"] = job.final_metrics
    if job.warm_pool_status:
        found["WarmPoolStatus"] = describe_warm_pool(job, now)
    return found


def summarise(job: TrainingJob, now: datetime) -> dict[str, Any]:
    """Return an entry of ListTrainingJobs."""
    shown = describe(job, now)
    names = (
        "TrainingJobName",
        "TrainingJobArn",
        "CreationTime",
        "TrainingEndTime",
        "LastModifiedTime",
        "TrainingJobStatus",
        "SecondaryStatus",
        "WarmPoolStatus",
    )
    return {name: shown[name] for name in names if name in shown}


def event_detail(job: TrainingJob, now: datetime) -> dict[str, Any]:
    """Return the detail of `SageMaker Training Job State Change`: times are in milliseconds."""
    tags = {one["Key"]: one["Value"] for one in job.tags}
    detail: dict[str, Any] = _in_milliseconds({**describe(job, now), "Tags": tags})
    return detail


def output_uri(request: dict[str, Any]) -> str:
    """Return the URI below which a job's results are written."""
    base = str(request["OutputDataConfig"]["S3OutputPath"]).rstrip("/")
    return f"{base}/{request['TrainingJobName']}/output"


def is_compressed(request: dict[str, Any]) -> bool:
    """Return whether a job's results are uploaded as archives."""
    return str(request["OutputDataConfig"].get("CompressionType", "GZIP")) == "GZIP"


def model_uri(request: dict[str, Any]) -> str:
    """Return the URI of a job's model."""
    return f"{output_uri(request)}/model{'.tar.gz' if is_compressed(request) else '/'}"


def describe_warm_pool(job: TrainingJob, now: datetime) -> dict[str, Any]:
    """Return the status of a job's warm pool, and what has been retained so far."""
    found: dict[str, Any] = {"Status": job.warm_pool_status}
    if job.retained_from is not None:
        seconds = ((job.retained_until or now) - job.retained_from).total_seconds()
        found["ResourceRetainedBillableTimeInSeconds"] = math.ceil(seconds)
    if job.reused_by:
        found["ReusedByJob"] = job.reused_by
    return found


def _times(job: TrainingJob) -> dict[str, Any]:
    if not job.attempts:
        return {}
    found: dict[str, Any] = {"TrainingStartTime": job.attempts[0][0]}
    if job.has_ended:
        ended_at = job.attempts[-1][-1]
        seconds = job.training_seconds(ended_at)
        found["TrainingEndTime"] = ended_at
        found["TrainingTimeInSeconds"] = math.ceil(seconds)
        found["BillableTimeInSeconds"] = math.ceil(seconds * job.billable_share)
    return found


def _in_milliseconds(value: Any) -> Any:
    if isinstance(value, datetime):
        return int(value.timestamp() * 1000)
    if isinstance(value, dict):
        return {name: _in_milliseconds(one) for name, one in value.items()}
    return [_in_milliseconds(one) for one in value] if isinstance(value, list) else value
