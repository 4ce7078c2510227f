"""AWS Batch: job queues and their compute environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parris.aws.translate_errors import translates_errors
from parris.targets.batch.compute import ComputeEnvironment, JobQueue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WHOLE_PRICE = 100


class Queues:
    """The job queues of this account and Region."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @translates_errors
    def find(self, names: Sequence[str]) -> dict[str, JobQueue]:
        """Return the queues that exist, by their names."""
        found = self._client.describe_job_queues(jobQueues=list(names))["jobQueues"]
        return {one["jobQueueName"]: _queue(one) for one in found}

    @translates_errors
    def environments(self, arns: Sequence[str]) -> dict[str, ComputeEnvironment]:
        """Return the compute environments that exist, by their ARNs."""
        if not arns:
            return {}
        found = self._client.describe_compute_environments(computeEnvironments=list(arns))
        return {
            one["computeEnvironmentArn"]: _environment(one) for one in found["computeEnvironments"]
        }


def _queue(found: Mapping[str, Any]) -> JobQueue:
    order = sorted(found.get("computeEnvironmentOrder", []), key=lambda one: one["order"])
    return JobQueue(
        name=found["jobQueueName"],
        arn=found["jobQueueArn"],
        state=found.get("state", ""),
        status=found.get("status", ""),
        status_reason=found.get("statusReason", ""),
        environment_arns=tuple(one["computeEnvironment"] for one in order),
    )


def _environment(found: Mapping[str, Any]) -> ComputeEnvironment:
    resources = found.get("computeResources", {})
    template = resources.get("launchTemplate", {})
    return ComputeEnvironment(
        name=found["computeEnvironmentName"],
        arn=found["computeEnvironmentArn"],
        state=found.get("state", ""),
        status=found.get("status", ""),
        status_reason=found.get("statusReason", ""),
        is_managed=found.get("type") == "MANAGED",
        orchestrator=found.get("containerOrchestrationType", "ECS"),
        kind=resources.get("type", ""),
        max_vcpus=resources.get("maxvCpus", 0),
        instance_types=tuple(resources.get("instanceTypes", [])),
        bid_percentage=resources.get("bidPercentage") or _WHOLE_PRICE,
        launch_template=template.get("launchTemplateId") or template.get("launchTemplateName", ""),
        launch_template_version=template.get("version") or "$Default",
        idle_minutes=resources.get("scalingPolicy", {}).get("minScaleDownDelayMinutes", 0),
    )
