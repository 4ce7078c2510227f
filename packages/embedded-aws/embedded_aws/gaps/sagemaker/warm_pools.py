"""UpdateTrainingJob changes how long the instances of a job stay in its warm pool.

moto has neither warm pools nor UpdateTrainingJob. Here it changes KeepAlivePeriodInSeconds only.
"""

import json
from typing import Any

from embedded_aws.context import current
from embedded_aws.patching import patch_on_use
from embedded_aws.training_jobs.warm_pools import AVAILABLE, IN_USE, change_keep_alive


def install() -> None:
    """Add the operation as soon as SageMaker is used."""
    patch_on_use("sagemaker", _patch)


def _patch() -> None:
    from moto.sagemaker.responses import SageMakerResponse

    if not hasattr(SageMakerResponse, "update_training_job"):
        SageMakerResponse.update_training_job = _update  # type: ignore[attr-defined]


def _update(self: Any) -> Any:
    from moto.core.responses import ActionResult
    from moto.sagemaker.exceptions import ValidationError

    from embedded_aws.training_jobs.store import find_job

    request = json.loads(self.body)
    job = find_job(request["TrainingJobName"])
    if set(request) - {"TrainingJobName", "ResourceConfig"}:
        raise ValidationError(
            message="The embedded AWS does not model this: UpdateTrainingJob of other parts than"
            " ResourceConfig"
        )
    if "ResourceConfig" in request:
        if job.warm_pool_status not in (AVAILABLE, IN_USE):
            raise ValidationError(
                message="The training job has no warm pool whose KeepAlivePeriodInSeconds could be"
                " changed."
            )
        seconds = int(request["ResourceConfig"]["KeepAlivePeriodInSeconds"])
        change_keep_alive(current(), job, seconds)
    return ActionResult({"TrainingJobArn": job.arn})
