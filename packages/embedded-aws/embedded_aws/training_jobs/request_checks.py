"""What CreateTrainingJob refuses beyond the model of the API, with the messages of AWS.

The texts about roles, data and names are quoted in public issues; the others are our own.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.s3.models import s3_backends

from embedded_aws.context import current
from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.trust import RoleNotAssumableError, find_role, require_trust
from embedded_aws.training_jobs.channels import split_uri
from embedded_aws.training_jobs.role_access import SERVICE, find_missing_permission

_ECR_ACTIONS = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")
_NETWORK_ACTIONS = (
    "CreateNetworkInterface",
    "CreateNetworkInterfacePermission",
    "DeleteNetworkInterface",
    "DeleteNetworkInterfacePermission",
    "DescribeDhcpOptions",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeVpcs",
)
_NOT_MODELLED = (
    "ServerlessJobConfig",
    "InstancePreferences",
    "TrainingPlanArn",
    "InstancePlacementConfig",
)


def find_violation(request: Mapping[str, Any]) -> str | None:
    """Return the message of AWS's ValidationException about a new job, None if it is valid."""
    return next(_violations(request), None)


def _violations(request: Mapping[str, Any]) -> Iterator[str]:
    yield from _missing_parts(request)
    yield from _spot_and_warm_pool(request)
    yield from _metric_definitions(request)
    yield from _channel_names(request)
    yield from _tags(request)
    yield from _role(request)
    yield from _image(request)
    yield from _network(request)
    yield from _input_data(request)


def _missing_parts(request: Mapping[str, Any]) -> Iterator[str]:
    resources = request.get("ResourceConfig") or {}
    for name in _NOT_MODELLED:
        if name in request or name in resources:
            yield f"The embedded AWS does not model this: {name}"
    for name in ("AlgorithmSpecification", "ResourceConfig", "StoppingCondition"):
        if name not in request:
            yield f"{name} is required for this training job."
    algorithm = request["AlgorithmSpecification"]
    if ("TrainingImage" in algorithm) == ("AlgorithmName" in algorithm):
        yield "Exactly one of TrainingImage and AlgorithmName must be specified."
    has_groups, has_type = bool(resources.get("InstanceGroups")), "InstanceType" in resources
    if has_groups == has_type or has_type != bool(resources.get("InstanceCount")):
        yield "Specify either InstanceType and InstanceCount, or InstanceGroups."


def _spot_and_warm_pool(request: Mapping[str, Any]) -> Iterator[str]:
    condition = request["StoppingCondition"]
    is_spot = request.get("EnableManagedSpotTraining", False)
    longest_wait = condition.get("MaxWaitTimeInSeconds")
    if is_spot and (
        longest_wait is None or longest_wait < condition.get("MaxRuntimeInSeconds", 86_400)
    ):
        yield (
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to"
            " MaxRuntimeInSeconds"
        )
    if not is_spot and longest_wait is not None:
        yield "MaxWaitTimeInSeconds is only supported when EnableManagedSpotTraining is true."
    if is_spot and request["ResourceConfig"].get("KeepAlivePeriodInSeconds"):
        yield "KeepAlivePeriodInSeconds is not supported with EnableManagedSpotTraining."


def _metric_definitions(request: Mapping[str, Any]) -> Iterator[str]:
    for one in request["AlgorithmSpecification"].get("MetricDefinitions") or []:
        try:
            re.compile(one["Regex"])
        except re.error as error:
            yield f"Invalid regular expression of the metric {one['Name']}: {error}"


def _channel_names(request: Mapping[str, Any]) -> Iterator[str]:
    channels = request.get("InputDataConfig") or []
    for name, count in Counter(one["ChannelName"] for one in channels).items():
        if count > 1:
            yield f"Duplicate channel name {name} in InputDataConfig."
    for channel in channels:
        if "S3DataSource" not in channel["DataSource"]:
            yield "The embedded AWS does not model this: input data that is not in S3"


def _tags(request: Mapping[str, Any]) -> Iterator[str]:
    keys = [one["Key"] for one in request.get("Tags") or []]
    if any(key.lower().startswith("aws:") for key in keys):
        yield "Tag keys starting with 'aws:' are reserved for system use."
    if len(set(keys)) < len(keys):
        yield "Duplicate tag keys found."


def _role(request: Mapping[str, Any]) -> Iterator[str]:
    if not current().settings.enforce_roles:
        return
    if not _can_be_assumed(request["RoleArn"]):
        yield (
            f"Could not assume role {request['RoleArn']}. Please ensure that the role exists and"
            f" allows principal '{SERVICE}' to assume the role."
        )


def _can_be_assumed(role_arn: str) -> bool:
    try:
        require_trust(role_arn, SERVICE)
    except RoleNotAssumableError:
        return False
    created_at = find_role(role_arn).create_date.replace(tzinfo=UTC)
    age_seconds = (current().clock.now() - created_at).total_seconds()
    return bool(age_seconds >= current().settings.role_propagation_seconds)


def _image(request: Mapping[str, Any]) -> Iterator[str]:
    image = str(request["AlgorithmSpecification"].get("TrainingImage", ""))
    registry, _, path = image.partition("/")
    account, *parts = registry.split(".")
    if parts[:2] != ["dkr", "ecr"]:
        return
    repository = path.partition("@")[0].partition(":")[0]
    arn = f"arn:aws:ecr:{parts[2]}:{account}:repository/{repository}"
    demands = [Demand(f"ecr:{action}", arn) for action in _ECR_ACTIONS]
    role_arn = request["RoleArn"]
    if find_missing_permission(role_arn, [*demands, Demand("ecr:GetAuthorizationToken")]):
        yield (
            f"Cannot find repository: {repository} in registry ID: {account} Please check if your"
            f" ECR repository exists and role {role_arn} has proper pull permissions for"
            f" SageMaker: {', '.join(f'ecr:{one}' for one in _ECR_ACTIONS)}"
        )


def _network(request: Mapping[str, Any]) -> Iterator[str]:
    network = request.get("VpcConfig")
    if not network:
        return
    settings = current().settings
    backend = ec2_backends[settings.account_id][settings.region]
    for subnet_id in network["Subnets"]:
        try:
            backend.get_subnet(subnet_id)
        except EC2ClientError:
            yield f"The subnet ID '{subnet_id}' does not exist"
    demands = [Demand(f"ec2:{action}") for action in _NETWORK_ACTIONS]
    missing = find_missing_permission(request["RoleArn"], demands)
    if missing is not None:
        yield f"Access denied to {missing} with the role {request['RoleArn']}"


def _input_data(request: Mapping[str, Any]) -> Iterator[str]:
    settings = current().settings
    buckets = s3_backends[settings.account_id]["aws"].buckets
    for channel in request.get("InputDataConfig") or []:
        uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
        name, key = split_uri(uri)
        demand = Demand("s3:ListBucket", f"arn:aws:s3:::{name}", (("s3:prefix", key),))
        has_objects = name in buckets and any(
            one.startswith(key) for one in list(buckets[name].keys.keys())
        )
        if not has_objects or find_missing_permission(request["RoleArn"], [demand]):
            yield (
                f'No S3 objects found under S3 URL "{uri}" given in input data source. Please'
                f" ensure that the bucket exists in the selected region ({settings.region}), that"
                f' objects exist under that S3 prefix, and that the role "{request["RoleArn"]}"'
                f' has "s3:ListBucket" permissions on bucket "{name}".'
            )
