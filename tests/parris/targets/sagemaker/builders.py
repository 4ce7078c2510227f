"""Training jobs and jobs on SageMaker for tests: sound by default, each part open to change."""

import dataclasses
from datetime import datetime
from pathlib import Path
from typing import Any

from parris.job import Job
from parris.targets.sagemaker.settings import SageMakerSettings
from parris.targets.sagemaker.spec import SageMakerSpec
from parris.targets.sagemaker.training_job import TrainingJob
from tests.builders import BUCKET, LAUNCHED_AT, a_job, after

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1"


def a_spec(**changes: Any) -> SageMakerSpec:
    spec = SageMakerSpec(image=IMAGE, instance_type="ml.m5.large", longest_runtime_seconds=432_000)
    return dataclasses.replace(spec, **changes)


def a_sagemaker_job(spec: SageMakerSpec | None = None, **changes: Any) -> Job:
    given = {"target": "sagemaker", "on_termination": "stop-job", **changes}
    return dataclasses.replace(a_job(**given), spec=(spec or a_spec()).to_payload())


def a_training_job(**changes: Any) -> TrainingJob:
    """Return one that trains since `LAUNCHED_AT`."""
    name = "iris-0123456789abcdef"
    found = TrainingJob(
        name=name,
        arn=f"arn:aws:sagemaker:us-east-1:123456789012:training-job/{name}",
        status="InProgress",
        secondary_status="Training",
        created_at=after(-120),
        started_at=LAUNCHED_AT,
        output_uri=f"s3://{BUCKET}/machines/{name}/results/",
    )
    return dataclasses.replace(found, **changes)


def ended(status: str, secondary_status: str = "", **changes: Any) -> TrainingJob:
    """Return one that ended ten minutes after it began."""
    ended_at: datetime = after(600)
    given = {"ended_at": ended_at, "billable_seconds": 600, **changes}
    return a_training_job(status=status, secondary_status=secondary_status or status, **given)


def some_settings(**changes: Any) -> SageMakerSettings:
    settings = SageMakerSettings(
        deployment="parris",
        region="us-east-1",
        training_bucket=BUCKET,
        jobs_table="jobs",
        trainer_log_group="/parris/trainers",
        layers_root=Path("/opt"),
        boundary_arn="arn:aws:iam::123456789012:policy/boundary",
    )
    return dataclasses.replace(settings, **changes)
