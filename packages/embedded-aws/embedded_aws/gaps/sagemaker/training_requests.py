"""CreateTrainingJob refuses names in use, roles that it cannot assume, missing data, full quotas.

moto replaces a job of the same name, and checks nothing.
"""

import json
import threading
from typing import Any

from embedded_aws.context import current
from embedded_aws.patching import patch_on_use, wrap

_creating = threading.Lock()


def install() -> None:
    """Patch the operation as soon as SageMaker is used."""
    patch_on_use("sagemaker", _patch)


def _patch() -> None:
    from moto.sagemaker.responses import SageMakerResponse

    wrap(SageMakerResponse, "create_training_job", _make_create)


def _make_create(original: Any) -> Any:
    from moto.sagemaker.exceptions import ResourceInUseException, ValidationError

    from embedded_aws.training_jobs.capacity import find_exceeded_quota
    from embedded_aws.training_jobs.request_checks import find_violation
    from embedded_aws.training_jobs.runs import is_runnable
    from embedded_aws.training_jobs.store import ResourceLimitExceededError, jobs_of_account

    def create_training_job(self: Any) -> Any:
        request = json.loads(self.body)
        with _creating:
            jobs = jobs_of_account()
            taken = jobs.get(request["TrainingJobName"])
            if taken is not None:
                raise ResourceInUseException(
                    message="Training job names must be unique within an AWS account and region,"
                    f" and a training job with this name already exists ({taken.arn})"
                )
            violation = find_violation(request)
            if violation is None and not is_runnable(current()):
                violation = (
                    "The embedded AWS does not model this: processes use the machine's clock, not"
                    " a virtual one"
                )
            if violation is not None:
                raise ValidationError(message=violation)
            exceeded = find_exceeded_quota(request, list(jobs.values()))
            if exceeded is not None:
                raise ResourceLimitExceededError(exceeded)
            return original(self)

    return create_training_job
