"""What CloudFormation needs to create and delete the queues of AWS Batch in a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_aws.batch_container import TASKS_SERVICE
from embedded_aws.context import current
from embedded_aws.permissions.actions.shapes import pass_role, tag_context
from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.principals import iam_backend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from embedded_aws.permissions.deployment_resources import Described

_EC2 = "ec2.amazonaws.com"


def _arn(resource: Described, kind: str, name: str) -> str:
    if name.startswith("arn:"):
        return name
    return f"arn:aws:batch:{resource.region}:{current().settings.account_id}:{kind}/{name}"


def _own_arn(resource: Described, kind: str, property_name: str) -> str:
    return _arn(resource, kind, str(resource.properties.get(property_name) or resource.physical_id))


def _tags(prefix: str, resource: Described) -> tuple[tuple[str, str], ...]:
    return tag_context(prefix, resource.properties.get("Tags") or {})


def _creation(action: str, arn: str, resource: Described) -> Iterable[Demand]:
    asked = _tags("aws:RequestTag", resource)
    yield Demand(f"batch:{action}", arn, asked)
    if asked:
        yield Demand("batch:TagResource", arn, asked)


def _create_environment(resource: Described) -> Iterable[Demand]:
    arn = _own_arn(resource, "compute-environment", "ComputeEnvironmentName")
    resources = resource.properties.get("ComputeResources") or {}
    yield from _creation("CreateComputeEnvironment", arn, resource)
    for role in _roles_of_profile(str(resources.get("InstanceRole") or "")):
        yield from pass_role(role, _EC2)
    yield Demand("batch:DescribeComputeEnvironments")


def _roles_of_profile(profile: str) -> list[str]:
    if not profile:
        return []
    found = iam_backend().get_instance_profile(profile.rpartition("/")[2])
    return [str(role.arn) for role in found.roles]


def _create_queue(resource: Described) -> Iterable[Demand]:
    yield from _creation("CreateJobQueue", _queue_arn(resource), resource)
    asked = _tags("aws:RequestTag", resource)
    for one in resource.properties.get("ComputeEnvironmentOrder") or []:
        arn = _arn(resource, "compute-environment", str(one["ComputeEnvironment"]))
        yield Demand("batch:CreateJobQueue", arn, asked)
    yield Demand("batch:DescribeJobQueues")


def _register(resource: Described) -> Iterable[Demand]:
    properties = resource.properties.get("ContainerProperties") or {}
    yield from _creation("RegisterJobDefinition", _definition_arn(resource), resource)
    for key in ("JobRoleArn", "ExecutionRoleArn"):
        yield from pass_role(str(properties.get(key) or ""), TASKS_SERVICE)
    yield Demand("batch:DescribeJobDefinitions")


def _queue_arn(resource: Described) -> str:
    return _own_arn(resource, "job-queue", "JobQueueName")


def _definition_arn(resource: Described) -> str:
    return _own_arn(resource, "job-definition", "JobDefinitionName")


def _environment_arn(resource: Described) -> str:
    return _own_arn(resource, "compute-environment", "ComputeEnvironmentName")


def _removal(
    arn_of: Callable[[Described], str], *actions: str
) -> Callable[[Described], Iterable[Demand]]:
    """Return what a removal needs; what is described has no resource."""

    def demands(resource: Described) -> Iterable[Demand]:
        own = _tags("aws:ResourceTag", resource)
        for action in actions:
            if action.startswith("Describe"):
                yield Demand(f"batch:{action}")
            else:
                yield Demand(f"batch:{action}", arn_of(resource), own)

    return demands


BATCH_CREATION: dict[str, Callable[[Any], Iterable[Demand]]] = {
    "AWS::Batch::ComputeEnvironment": _create_environment,
    "AWS::Batch::JobDefinition": _register,
    "AWS::Batch::JobQueue": _create_queue,
}
BATCH_DELETION: dict[str, Callable[[Any], Iterable[Demand]]] = {
    # Batch deletes only what is disabled.
    "AWS::Batch::ComputeEnvironment": _removal(
        _environment_arn,
        "UpdateComputeEnvironment",
        "DeleteComputeEnvironment",
        "DescribeComputeEnvironments",
    ),
    "AWS::Batch::JobDefinition": _removal(
        _definition_arn, "DeregisterJobDefinition", "DescribeJobDefinitions"
    ),
    "AWS::Batch::JobQueue": _removal(
        _queue_arn, "UpdateJobQueue", "DeleteJobQueue", "DescribeJobQueues"
    ),
}
