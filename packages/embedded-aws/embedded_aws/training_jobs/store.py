"""Where moto keeps training jobs, and its errors about them.

Import this only when SageMaker is used: moto's part of it takes long to import.
"""

from typing import Any

from moto.core.exceptions import ServiceException
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import sagemaker_backends

from embedded_aws.context import current
from embedded_aws.training_jobs.job import TrainingJob


class ResourceLimitExceededError(ServiceException):
    """A quota of the account would be exceeded."""

    code = "ResourceLimitExceeded"


def jobs_of_account() -> dict[str, TrainingJob]:
    """Return the training jobs of the account by name."""
    settings = current().settings
    backend: Any = sagemaker_backends[settings.account_id][settings.region]
    jobs: dict[str, TrainingJob] = backend.training_jobs
    return jobs


def find_job(name: str) -> TrainingJob:
    """Return a job.

    Raises:
        ValidationError: when there is none of that name.
    """
    job = jobs_of_account().get(name)
    if job is None:
        raise ValidationError(message="Requested resource not found.")
    return job


def find_job_by_arn(arn: str) -> TrainingJob | None:
    """Return a job, None if there is none."""
    return next((one for one in list(jobs_of_account().values()) if one.arn == arn), None)


def job_arn(name: str) -> str:
    """Return the ARN of a job, in which its name is in lower case."""
    settings = current().settings
    place = f"{settings.region}:{settings.account_id}"
    return f"arn:aws:sagemaker:{place}:training-job/{name.lower()}"
