"""What CloudFormation needs to create and delete the resources of a serverless application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from embedded_aws.context import current
from embedded_aws.permissions.actions.logs import group_arn
from embedded_aws.permissions.actions.s3 import bucket_arn
from embedded_aws.permissions.actions.shapes import pass_role
from embedded_aws.permissions.documents import Demand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LAMBDA, _STATES = "lambda.amazonaws.com", "states.amazonaws.com"


class Described(Protocol):
    """A resource: its resolved properties, its name, id or ARN, and where it is."""

    @property
    def properties(self) -> dict[str, Any]:
        """Its properties, with every reference resolved."""

    @property
    def physical_id(self) -> str:
        """Its name, id or ARN."""

    @property
    def region(self) -> str:
        """Its Region."""


def _arn(resource: Described, service: str, kind: str, name: str = "") -> str:
    name = name or resource.physical_id
    if name.startswith("arn:"):
        return name
    return f"arn:aws:{service}:{resource.region}:{current().settings.account_id}:{kind}{name}"


def _function_arn(resource: Described) -> str:
    return _arn(resource, "lambda", "function:")


def _create_function(resource: Described) -> Iterable[Demand]:
    properties = resource.properties
    arn = _function_arn(resource)
    code = properties.get("Code", {})
    if "S3Bucket" in code:
        yield Demand("s3:GetObject", f"{bucket_arn(code['S3Bucket'])}/{code['S3Key']}")
    yield Demand("lambda:CreateFunction", arn)
    yield from pass_role(str(properties.get("Role", "")), _LAMBDA)
    for layer in properties.get("Layers", []):
        yield Demand("lambda:GetLayerVersion", str(layer))
    if properties.get("Tags"):
        yield Demand("lambda:TagResource", arn)
    yield Demand("lambda:GetFunction", arn)


def _create_layer(resource: Described) -> Iterable[Demand]:
    content = resource.properties.get("Content", {})
    if "S3Bucket" in content:
        yield Demand("s3:GetObject", f"{bucket_arn(content['S3Bucket'])}/{content['S3Key']}")
    name = str(resource.properties.get("LayerName", ""))
    yield Demand("lambda:PublishLayerVersion", _arn(resource, "lambda", "layer:", name))


def _ask_function(resource: Described) -> Iterable[Demand]:
    """Return what a custom resource needs, whatever its type's name is."""
    return [Demand("lambda:InvokeFunction", str(resource.properties["ServiceToken"]))]


def _of_permission(action: str) -> Callable[[Described], Iterable[Demand]]:
    def demands(resource: Described) -> Iterable[Demand]:
        name = str(resource.properties["FunctionName"])
        return [Demand(f"lambda:{action}", _arn(resource, "lambda", "function:", name))]

    return demands


def _create_machine(resource: Described) -> Iterable[Demand]:
    name = str(resource.properties.get("StateMachineName", ""))
    arn = _arn(resource, "states", "stateMachine:", name)
    place = resource.properties.get("DefinitionS3Location")
    if place:
        yield Demand("s3:GetObject", f"{bucket_arn(place['Bucket'])}/{place['Key']}")
    yield Demand("states:CreateStateMachine", arn)
    yield from pass_role(str(resource.properties.get("RoleArn", "")), _STATES)
    yield Demand("states:TagResource", arn)
    yield Demand("states:DescribeStateMachine", arn)


def _create_rule(resource: Described) -> Iterable[Demand]:
    arn = _arn(resource, "events", "rule/")
    yield Demand("events:PutRule", arn)
    for target in resource.properties.get("Targets", []):
        yield Demand("events:PutTargets", arn)
        yield from pass_role(str(target.get("RoleArn", "")), "events.amazonaws.com")
    yield Demand("events:DescribeRule", arn)


def _create_schedule(resource: Described) -> Iterable[Demand]:
    arn = _schedule_arn(resource)
    yield Demand("scheduler:CreateSchedule", arn)
    role = str(resource.properties["Target"].get("RoleArn", ""))
    yield from pass_role(role, "scheduler.amazonaws.com")
    yield Demand("scheduler:GetSchedule", arn)


def _schedule_arn(resource: Described) -> str:
    group = str(resource.properties.get("GroupName") or "default")
    return _arn(resource, "scheduler", f"schedule/{group}/")


def _topic_rule_arn(resource: Described) -> str:
    # A generated name has no hyphens.
    name = str(resource.properties.get("RuleName") or resource.physical_id.replace("-", ""))
    return _arn(resource, "iot", "rule/", name)


def _create_topic(resource: Described) -> Iterable[Demand]:
    name = str(resource.properties.get("TopicName") or "")
    arn = _arn(resource, "sns", "", name)
    yield Demand("sns:CreateTopic", arn)
    yield Demand("sns:TagResource", arn)
    yield Demand("sns:GetTopicAttributes", arn)


def _set_topic_policy(resource: Described) -> Iterable[Demand]:
    return [Demand("sns:SetTopicAttributes", str(arn)) for arn in resource.properties["Topics"]]


def _of_subscription(action: str) -> Callable[[Described], Iterable[Demand]]:
    return lambda one: [Demand(f"sns:{action}", str(one.properties["TopicArn"]))]


def _alarm_arn(resource: Described) -> str:
    name = str(resource.properties.get("AlarmName") or "")
    return _arn(resource, "cloudwatch", "alarm:", name)


_BUCKET_PARTS = {
    "BucketEncryption": "PutEncryptionConfiguration",
    "LifecycleConfiguration": "PutLifecycleConfiguration",
    "OwnershipControls": "PutBucketOwnershipControls",
    "PublicAccessBlockConfiguration": "PutBucketPublicAccessBlock",
    "Tags": "PutBucketTagging",
    "VersioningConfiguration": "PutBucketVersioning",
}


def _create_bucket(resource: Described) -> Iterable[Demand]:
    arn = bucket_arn(resource.physical_id)
    parts = [action for key, action in _BUCKET_PARTS.items() if resource.properties.get(key)]
    return [Demand(f"s3:{action}", arn) for action in ["CreateBucket", *parts]]


def _repository_arn(resource: Described) -> str:
    name = str(resource.properties.get("RepositoryName") or resource.physical_id.lower())
    return _arn(resource, "ecr", "repository/", name)


def _create_repository(resource: Described) -> Iterable[Demand]:
    arn = _repository_arn(resource)
    yield Demand("ecr:CreateRepository", arn)
    if resource.properties.get("LifecyclePolicy"):
        yield Demand("ecr:PutLifecyclePolicy", arn)
    yield Demand("ecr:DescribeRepositories", arn)


def _create_log_group(resource: Described) -> Iterable[Demand]:
    arn = _log_group_arn(resource)
    is_limited = bool(resource.properties.get("RetentionInDays"))
    yield Demand("logs:CreateLogGroup", arn)
    if is_limited:
        yield Demand("logs:PutRetentionPolicy", arn)
    yield Demand("logs:DescribeLogGroups", group_arn(resource.region, _account_id(), "*"))


def _log_group_arn(resource: Described) -> str:
    name = str(resource.properties.get("LogGroupName") or resource.physical_id)
    return group_arn(resource.region, _account_id(), name)


def _account_id() -> str:
    return current().settings.account_id


def _each(
    arn_of: Callable[[Described], str], *actions: str
) -> Callable[[Described], Iterable[Demand]]:
    return lambda resource: [Demand(action, arn_of(resource)) for action in actions]


def _table_arn(resource: Described) -> str:
    return _arn(resource, "dynamodb", "table/")


def _rule_arn(resource: Described) -> str:
    return _arn(resource, "events", "rule/", resource.physical_id.rpartition("|")[2])


def _policed_bucket_arn(resource: Described) -> str:
    return bucket_arn(str(resource.properties["Bucket"]))


def _part_of_api(kind: str, *actions: str) -> Callable[[Described], Iterable[Demand]]:
    """Return what a part of an HTTP API needs: actions on the collection, then on the part."""

    def demands(resource: Described) -> Iterable[Demand]:
        api_id = resource.properties.get("ApiId")
        base = f"arn:aws:apigateway:{resource.region}::/apis"
        place = f"{base}/{api_id}/{kind}" if kind else base
        for action in actions:
            is_creation = action == "POST"
            arn = place if is_creation else f"{place}/{resource.physical_id}"
            yield Demand(f"apigateway:{action}", arn)

    return demands


_API_PARTS = {
    "Api": "",
    "Authorizer": "authorizers",
    "Integration": "integrations",
    "Route": "routes",
    "Stage": "stages",
}
CREATION: dict[str, Callable[[Any], Iterable[Demand]]] = {
    **{
        f"AWS::ApiGatewayV2::{name}": _part_of_api(kind, "POST")
        for name, kind in _API_PARTS.items()
    },
    "AWS::CloudFormation::CustomResource": _ask_function,
    "AWS::CloudWatch::Alarm": _each(
        _alarm_arn, "cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms"
    ),
    "AWS::DynamoDB::Table": _each(_table_arn, "dynamodb:CreateTable", "dynamodb:DescribeTable"),
    "AWS::ECR::Repository": _create_repository,
    "AWS::Events::Rule": _create_rule,
    "AWS::IoT::TopicRule": _each(_topic_rule_arn, "iot:CreateTopicRule", "iot:GetTopicRule"),
    "AWS::Lambda::Function": _create_function,
    "AWS::Lambda::LayerVersion": _create_layer,
    "AWS::Lambda::Permission": _of_permission("AddPermission"),
    "AWS::Logs::LogGroup": _create_log_group,
    "AWS::S3::Bucket": _create_bucket,
    "AWS::S3::BucketPolicy": _each(_policed_bucket_arn, "s3:GetBucketPolicy", "s3:PutBucketPolicy"),
    "AWS::SNS::Subscription": _of_subscription("Subscribe"),
    "AWS::SNS::Topic": _create_topic,
    "AWS::SNS::TopicPolicy": _set_topic_policy,
    "AWS::Scheduler::Schedule": _create_schedule,
    "AWS::StepFunctions::StateMachine": _create_machine,
}
DELETION: dict[str, Callable[[Any], Iterable[Demand]]] = {
    **{
        f"AWS::ApiGatewayV2::{name}": _part_of_api(kind, "DELETE")
        for name, kind in _API_PARTS.items()
    },
    "AWS::CloudFormation::CustomResource": _ask_function,
    "AWS::CloudWatch::Alarm": _each(
        _alarm_arn, "cloudwatch:DescribeAlarms", "cloudwatch:DeleteAlarms"
    ),
    "AWS::DynamoDB::Table": _each(_table_arn, "dynamodb:DeleteTable", "dynamodb:DescribeTable"),
    "AWS::ECR::Repository": _each(_repository_arn, "ecr:DeleteRepository"),
    "AWS::Events::Rule": _each(
        _rule_arn, "events:DescribeRule", "events:RemoveTargets", "events:DeleteRule"
    ),
    "AWS::IoT::TopicRule": _each(_topic_rule_arn, "iot:GetTopicRule", "iot:DeleteTopicRule"),
    "AWS::Lambda::Function": _each(_function_arn, "lambda:DeleteFunction"),
    "AWS::Lambda::LayerVersion": _each(
        lambda layer: _arn(layer, "lambda", "layer:"), "lambda:DeleteLayerVersion"
    ),
    "AWS::Lambda::Permission": _of_permission("RemovePermission"),
    "AWS::Logs::LogGroup": _each(_log_group_arn, "logs:DeleteLogGroup"),
    "AWS::S3::Bucket": _each(lambda one: bucket_arn(one.physical_id), "s3:DeleteBucket"),
    "AWS::S3::BucketPolicy": _each(_policed_bucket_arn, "s3:DeleteBucketPolicy"),
    "AWS::SNS::Subscription": _of_subscription("Unsubscribe"),
    "AWS::SNS::Topic": _each(lambda one: _arn(one, "sns", ""), "sns:DeleteTopic"),
    "AWS::SNS::TopicPolicy": _set_topic_policy,
    "AWS::Scheduler::Schedule": _each(
        _schedule_arn, "scheduler:GetSchedule", "scheduler:DeleteSchedule"
    ),
    "AWS::StepFunctions::StateMachine": _each(
        lambda one: _arn(one, "states", "stateMachine:"),
        "states:DescribeStateMachine",
        "states:DeleteStateMachine",
    ),
}
