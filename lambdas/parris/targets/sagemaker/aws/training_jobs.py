"""SageMaker: the training jobs of this account and Region."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, message_of, translates_errors
from parris.errors import LaunchFailedError, QuotaError, ResourceExistsError
from parris.targets.sagemaker.errors import RoleNotReadyError
from parris.targets.sagemaker.names import is_name
from parris.targets.sagemaker.status import LIVING_STATUSES
from parris.targets.sagemaker.training_job import WARM_STATUSES, Metric, TrainingJob

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from parris.payloads import Payload

_IS_MISSING = re.compile(r"not found|does not exist|could not find", re.IGNORECASE)
# SageMaker checks at once what the role may do with the image, the network and the input data.
_ROLE_IS_NOT_READY = re.compile(
    r"could not assume role|cannot be assumed|pull permissions|access denied to"
    r"|no s3 objects found under",
    re.IGNORECASE,
)
_HAS_ENDED = re.compile(r"status|already|cannot be stopped|terminal", re.IGNORECASE)
_NO_WARM_POOL = re.compile(r"warm ?pool|keepalive|status", re.IGNORECASE)


class TrainingJobs:
    """Training jobs. SageMaker reports most refusals as a ValidationException with a message."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @translates_errors
    def create(self, request: Payload) -> None:
        """Start a training job.

        Raises:
            ResourceExistsError: if there is or was one of this name.
            QuotaError: if the account's quota for such instances is used up.
            RoleNotReadyError: if its role may not do what the job needs, or may not yet.
            LaunchFailedError: if SageMaker refuses the request for another reason.
        """
        try:
            self._client.create_training_job(**request)
        except ClientError as err:
            code, message = code_of(err), message_of(err)
            match code:
                case "ResourceInUse":
                    raise ResourceExistsError(message) from err
                case "ResourceLimitExceeded":
                    raise QuotaError(message) from err
                case "ValidationException" if _ROLE_IS_NOT_READY.search(message):
                    raise RoleNotReadyError(message) from err
                case "ValidationException" | "ResourceNotFound":
                    raise LaunchFailedError(f"SageMaker refused the job: {message}") from err
            raise

    @translates_errors
    def find(self, name: str) -> TrainingJob | None:
        """Return the training job, without its tags, or None if there is none of this name."""
        try:
            found = self._client.describe_training_job(TrainingJobName=name)
        except ClientError as err:
            if _is_missing(err):
                return None
            raise
        return _training_job(found)

    @translates_errors
    def tags_of(self, arn: str) -> dict[str, str]:
        """Return the tags of a training job; none if it does not exist any more."""
        pages = self._client.get_paginator("list_tags").paginate(ResourceArn=arn)
        try:
            return {one["Key"]: one["Value"] for page in pages for one in page["Tags"]}
        except ClientError as err:
            if _is_missing(err):
                return {}
            raise

    def living(self, name_contains: str = "") -> tuple[TrainingJob, ...]:
        """Return the training jobs that run or have a warm pool, with their tags.

        Their names do not say whose they are, so that all that could be Parris's are read.
        """
        found = {one["TrainingJobName"]: one for one in self._living(name_contains)}
        return tuple(
            _summary(one, self.tags_of(one["TrainingJobArn"]))
            for name, one in found.items()
            if is_name(name)
        )

    @translates_errors
    def stop(self, name: str) -> None:
        """Stop a training job so that it saves; one that has ended is left as it is."""
        try:
            self._client.stop_training_job(TrainingJobName=name)
        except ClientError as err:
            if not _is_missing(err) and not _is_refused(err, _HAS_ENDED):
                raise

    @translates_errors
    def end_warm_pool(self, name: str) -> None:
        """Release the instances that a training job has kept, unless that has happened."""
        try:
            self._client.update_training_job(
                TrainingJobName=name, ResourceConfig={"KeepAlivePeriodInSeconds": 0}
            )
        except ClientError as err:
            if not _is_missing(err) and not _is_refused(err, _NO_WARM_POOL):
                raise

    @translates_errors
    def _living(self, name_contains: str) -> list[Mapping[str, Any]]:
        filters: list[Mapping[str, str]] = [{"StatusEquals": one} for one in LIVING_STATUSES]
        filters += [{"WarmPoolStatusEquals": one} for one in WARM_STATUSES]
        return [one for chosen in filters for one in self._listed(name_contains, chosen)]

    def _listed(self, name_contains: str, chosen: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        chosen = {**chosen, **({"NameContains": name_contains} if name_contains else {})}
        pages = self._client.get_paginator("list_training_jobs").paginate(**chosen)
        for page in pages:
            yield from page["TrainingJobSummaries"]


def _is_missing(err: ClientError) -> bool:
    return code_of(err) == "ResourceNotFound" or _is_refused(err, _IS_MISSING)


def _is_refused(err: ClientError, pattern: re.Pattern[str]) -> bool:
    return code_of(err) == "ValidationException" and bool(pattern.search(message_of(err)))


def _summary(found: Mapping[str, Any], tags: Mapping[str, str]) -> TrainingJob:
    return TrainingJob(
        name=found["TrainingJobName"],
        arn=found["TrainingJobArn"],
        status=found["TrainingJobStatus"],
        secondary_status=found.get("SecondaryStatus", ""),
        created_at=found["CreationTime"],
        ended_at=found.get("TrainingEndTime"),
        warm_pool=found.get("WarmPoolStatus", {}).get("Status", ""),
        tags=tags,
    )


def _training_job(found: Mapping[str, Any]) -> TrainingJob:
    resources, output = found.get("ResourceConfig", {}), found.get("OutputDataConfig", {})
    transitions = found.get("SecondaryStatusTransitions", [])
    pool = found.get("WarmPoolStatus", {})
    groups = resources.get("InstanceGroups", [])
    return TrainingJob(
        name=found["TrainingJobName"],
        arn=found["TrainingJobArn"],
        status=found["TrainingJobStatus"],
        secondary_status=found["SecondaryStatus"],
        created_at=found["CreationTime"],
        failure_reason=found.get("FailureReason", ""),
        detail=transitions[-1].get("StatusMessage", "") if transitions else "",
        started_at=found.get("TrainingStartTime"),
        ended_at=found.get("TrainingEndTime"),
        billable_seconds=found.get("BillableTimeInSeconds"),
        training_seconds=found.get("TrainingTimeInSeconds"),
        instance_count=sum(one.get("InstanceCount", 0) for one in groups)
        or resources.get("InstanceCount", 1),
        longest_runtime_seconds=found["StoppingCondition"].get("MaxRuntimeInSeconds", 0),
        is_spot=found.get("EnableManagedSpotTraining", False),
        secondary_statuses=tuple(one["Status"] for one in transitions),
        model_uri=found.get("ModelArtifacts", {}).get("S3ModelArtifacts", ""),
        output_uri=output.get("S3OutputPath", ""),
        checkpoint_uri=found.get("CheckpointConfig", {}).get("S3Uri", ""),
        warm_pool=pool.get("Status", ""),
        warm_pool_billed_seconds=pool.get("ResourceRetainedBillableTimeInSeconds", 0),
        metrics=tuple(
            Metric(one["MetricName"], one["Value"], one["Timestamp"])
            for one in found.get("FinalMetricDataList", [])
            if "MetricName" in one and "Value" in one and "Timestamp" in one
        ),
    )
