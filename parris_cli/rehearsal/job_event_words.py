"""What the events of SageMaker and Batch say of a job, in words for the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parris.targets.batch.request import BOOTSTRAP_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

# By the secondary status.
TRAINING_JOB_WORDS = {
    "Starting": "waits for its instances",
    "LaunchingMLInstances": "waits for its instances",
    "PreparingTrainingStack": "waits for its instances",
    "Pending": "waits for capacity",
    "Downloading": "fetches image and input data, and is billed from now on",
    "DownloadingTrainingImage": "fetches its image",
    "Training": "trains",
    "Uploading": "uploads its results",
    "Updating": "is updated",
    "Stopping": "is stopping: SIGTERM, at most 120 s to save, then the upload",
    "Interrupted": "has lost its spot instances; SageMaker looks for others",
    "Restarting": "has lost its instances, and starts again",
    "Stopped": "has stopped",
    "MaxRuntimeExceeded": "has stopped at its longest run time",
    "MaxWaitTimeExceeded": "has stopped at its longest wait",
    "Completed": "has completed",
    "Failed": "has failed",
}
_BATCH_JOB_WORDS = {
    "SUBMITTED": "is submitted",
    "PENDING": "waits for another job",
    "RUNNABLE": "waits in its queue for a machine",
    "STARTING": "has a machine, which fetches its image",
    "RUNNING": "runs, and is counted from now on",
    "SUCCEEDED": "has ended with exit code 0",
    "FAILED": "has failed",
}


def words_of_batch_job(detail: Mapping[str, Any]) -> str:
    """Return what an event says of its job, with the reason that Batch gives."""
    status = str(detail["status"])
    reason = str(detail.get("statusReason", ""))
    words = f"job {detail['jobName']} {_BATCH_JOB_WORDS.get(status, status)}"
    return f"{words}: {reason}" if reason and status != "SUCCEEDED" else words


def has_runner(detail: Mapping[str, Any]) -> bool:
    """Return whether Parris's runner is in the container: its log says when the script starts."""
    variables = detail.get("container", {}).get("environment", [])
    return any(one.get("name") == BOOTSTRAP_VARIABLE for one in variables)
