"""Jobs as Batch describes them, and the settings of an environment, for tests."""

import dataclasses
from pathlib import Path
from typing import Any

from parris.targets.batch.batch_job import BatchJob
from parris.targets.batch.settings import BatchSettings
from tests.builders import BUCKET, LAUNCHED_AT, after

JOB_ID = "01234567-89ab-cdef-0123-456789abcdef"


def a_described_job(**changes: Any) -> BatchJob:
    """Return one that runs since `LAUNCHED_AT`."""
    found = BatchJob(
        job_id=JOB_ID,
        name="iris-0123456789abcdef",
        status="RUNNING",
        created_at=after(-120),
        queue="arn:aws:batch:us-east-1:123456789012:job-queue/parris-batch",
        started_at=LAUNCHED_AT,
        task_arn="arn:aws:ecs:us-east-1:123456789012:task/AWSBatch-x/0123456789abcdef",
    )
    return dataclasses.replace(found, **changes)


def an_ended_job(status: str = "FAILED", **changes: Any) -> BatchJob:
    """Return one that ended ten minutes after it began."""
    return a_described_job(**{"status": status, "stopped_at": after(600), **changes})


def some_settings(layers_root: Path) -> BatchSettings:
    return BatchSettings(
        deployment="parris",
        region="us-east-1",
        training_bucket=BUCKET,
        jobs_table="jobs",
        trainer_log_group="/parris/trainers",
        layers_root=layers_root,
        job_queue="parris-batch",
        job_role_arn="arn:aws:iam::123456789012:role/parris-batch-job-us-east-1",
        execution_role_arn="arn:aws:iam::123456789012:role/parris-batch-exec-us-east-1",
        container_log_group="/parris/parris-batch/jobs",
    )
