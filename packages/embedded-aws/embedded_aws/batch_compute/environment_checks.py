"""What CreateComputeEnvironment and UpdateComputeEnvironment refuse beyond the API's model."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends

from embedded_aws.batch_compute.instance_types import is_known
from embedded_aws.context import current
from embedded_aws.permissions.principals import iam_backend
from embedded_aws.permissions.trust import find_role

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_ON_EC2 = ("EC2", "SPOT")
_TYPES = (*_ON_EC2, "FARGATE", "FARGATE_SPOT")
_STRATEGIES = {
    "EC2": ("BEST_FIT", "BEST_FIT_PROGRESSIVE"),
    "SPOT": (
        "BEST_FIT",
        "BEST_FIT_PROGRESSIVE",
        "SPOT_CAPACITY_OPTIMIZED",
        "SPOT_PRICE_CAPACITY_OPTIMIZED",
    ),
}
_NOT_ON_FARGATE = (
    "allocationStrategy",
    "bidPercentage",
    "desiredvCpus",
    "ec2Configuration",
    "ec2KeyPair",
    "imageId",
    "instanceRole",
    "instanceTypes",
    "launchTemplate",
    "minvCpus",
    "placementGroup",
    "spotIamFleetRole",
    "tags",
)


def find_environment_violation(
    name: str, kind: str, resources: Mapping[str, Any] | None, service_role: str | None
) -> str | None:
    """Return the message about a new compute environment, None if it is valid.

    Args:
        name: its name.
        kind: `MANAGED`; others are not modelled.
        resources: its computeResources.
        service_role: None for Batch's service-linked role.
    """
    return next(_violations(name, kind, resources, service_role), None)


def find_resources_violation(resources: Mapping[str, Any]) -> str | None:
    """Return the message about the computeResources of an environment, None if they are valid."""
    return next(_of_resources(resources), None)


def _violations(
    name: str, kind: str, resources: Mapping[str, Any] | None, service_role: str | None
) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        yield "Compute environment name should match valid pattern"
    if kind != "MANAGED":
        yield f"The embedded AWS does not model this: compute environments of type {kind}"
    if service_role and find_role(service_role) is None:
        yield f"Could not find IAM role {service_role}"
    if not resources:
        yield "computeResources must be specified when creating a MANAGED environment"
    yield from _of_resources(resources or {})


def _of_resources(resources: Mapping[str, Any]) -> Iterator[str]:
    kind = resources.get("type")
    if kind not in _TYPES:
        yield f"computeResources.type must be either {' | '.join(_TYPES)}"
    most = resources.get("maxvCpus")
    if most is None or int(most) < 1:
        yield "computeResources.maxvCpus must be at least 1"
    if int(resources.get("minvCpus") or 0) > int(most or 0):
        yield "computeResources.maxvCpus must be at least minvCpus"
    yield from _network(resources)
    if kind in _ON_EC2:
        yield from _on_ec2(resources)
    for name in _NOT_ON_FARGATE if kind not in _ON_EC2 else ():
        if resources.get(name) not in (None, [], {}):
            yield f"Error executing request, Exception : {name} is not applicable to Fargate."


def _network(resources: Mapping[str, Any]) -> Iterator[str]:
    settings = current().settings
    backend: Any = ec2_backends[settings.account_id][settings.region]
    if not resources.get("subnets"):
        yield "At least 1 subnet must be provided"
    for subnet_id in resources["subnets"]:
        try:
            backend.get_subnet(subnet_id)
        except EC2ClientError:
            yield f"The subnet ID '{subnet_id}' does not exist"
    groups = resources.get("securityGroupIds") or []
    if not groups and not resources.get("launchTemplate"):
        yield "At least 1 security group must be provided"
    for group_id in groups:
        if backend.get_security_group_from_id(group_id) is None:
            yield f"The security group '{group_id}' does not exist"


def _on_ec2(resources: Mapping[str, Any]) -> Iterator[str]:
    kind = str(resources["type"])
    if not resources.get("instanceRole"):
        yield "Error executing request, Exception : Instance role is required."
    profiles = iam_backend().get_instance_profiles()
    wanted = resources["instanceRole"]
    if not any(wanted in (profile.arn, profile.name) for profile in profiles):
        yield f"Could not find instanceRole {wanted}"
    if not resources.get("instanceTypes"):
        yield "At least 1 instance type must be provided"
    for entry in resources["instanceTypes"]:
        if not is_known(entry):
            yield f"Instance type {entry} does not exist"
    strategy = resources.get("allocationStrategy") or "BEST_FIT"
    if strategy not in _STRATEGIES[kind]:
        yield f"Allocation strategy {strategy} is not supported for {kind} compute resources"
    if kind == "SPOT" and strategy == "BEST_FIT" and not resources.get("spotIamFleetRole"):
        yield "Error executing request, Exception : spotIamFleetRole is required."
