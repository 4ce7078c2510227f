"""A training job takes time, runs containers, ends by itself or on request, and reports changes.

moto completes it at once, with a metric and times of its own, and cannot stop it. Here
`embedded_aws.training_jobs` manages the job, and the driver of `Settings.training_containers` runs
what is inside its containers. All input modes are treated as File mode.
"""

import json
from typing import Any

from embedded_aws.context import current
from embedded_aws.patching import patch_on_use, wrap
from embedded_aws.training_jobs.description import describe


def install() -> None:
    """Patch the operations as soon as SageMaker is used."""
    patch_on_use("sagemaker", _patch)


def _patch() -> None:
    from moto.sagemaker.responses import SageMakerResponse

    if not hasattr(SageMakerResponse, "stop_training_job"):
        SageMakerResponse.stop_training_job = _stop_training_job  # type: ignore[attr-defined]
    wrap(SageMakerResponse, "create_training_job", _make_create)
    wrap(SageMakerResponse, "describe_training_job", _make_describe)


def _make_create(original: Any) -> Any:
    from moto.core.responses import ActionResult

    from embedded_aws.training_jobs.runs import start_job
    from embedded_aws.training_jobs.store import job_arn, jobs_of_account
    from embedded_aws.training_jobs.warm_pools import take_warm_pool

    def create_training_job(self: Any) -> ActionResult:
        request = json.loads(self.body)
        name, jobs = request["TrainingJobName"], jobs_of_account()
        is_warm = take_warm_pool(request, list(jobs.values()))
        jobs[name] = start_job(request, job_arn(name), is_warm=is_warm)
        return ActionResult({"TrainingJobArn": jobs[name].arn})

    return create_training_job


def _make_describe(original: Any) -> Any:
    from moto.core.responses import ActionResult

    from embedded_aws.training_jobs.store import find_job

    def describe_training_job(self: Any) -> ActionResult:
        job = find_job(self._get_param("TrainingJobName"))
        return ActionResult(describe(job, current().clock.now()))

    return describe_training_job


def _stop_training_job(self: Any) -> Any:
    from moto.core.responses import EmptyResult
    from moto.sagemaker.exceptions import ValidationError

    from embedded_aws.training_jobs.runs import stop_job
    from embedded_aws.training_jobs.store import find_job

    job = find_job(self._get_param("TrainingJobName"))
    if job.has_ended:
        raise ValidationError(
            message=f"The request was rejected because the training job is in status {job.status}."
        )
    stop_job(job)
    return EmptyResult()
