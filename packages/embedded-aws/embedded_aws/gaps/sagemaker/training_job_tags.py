"""Tags of a training job are found by its ARN, whose name is in lower case, and replaced by key.

moto looks the job up by the name in the ARN, and keeps both of two tags with the same key.
"""

from typing import Any

from embedded_aws.patching import patch_on_use, wrap
from embedded_aws.training_jobs.job import TrainingJob


def install() -> None:
    """Patch the lookup and AddTags as soon as SageMaker is used."""
    patch_on_use("sagemaker", _patch)


def _patch() -> None:
    from moto.sagemaker.models import SageMakerModelBackend

    wrap(SageMakerModelBackend, "_get_resource_from_arn", _make_get_resource)
    wrap(SageMakerModelBackend, "add_tags", _make_add_tags)


def _make_get_resource(original: Any) -> Any:
    from moto.sagemaker.exceptions import ValidationError

    from embedded_aws.training_jobs.store import find_job_by_arn

    def get_resource(self: Any, arn: str) -> Any:
        if ":training-job/" not in arn:
            return original(self, arn)
        job = find_job_by_arn(arn)
        if job is None:
            raise ValidationError(message="Requested resource not found.")
        return job

    return get_resource


def _make_add_tags(original: Any) -> Any:
    def add_tags(self: Any, arn: str, tags: list[dict[str, str]]) -> Any:
        resource = self._get_resource_from_arn(arn)
        if not isinstance(resource, TrainingJob):
            return original(self, arn, tags)
        new = {one["Key"] for one in tags}
        resource.tags[:] = [one for one in resource.tags if one["Key"] not in new] + tags
        return resource.tags

    return add_tags
