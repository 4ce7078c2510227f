"""What SageMaker's secondary statuses of a training job mean, in words for the timeline."""

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
