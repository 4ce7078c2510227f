"""AWS::Events::Connection and ::ApiDestination are created, changed in place and deleted.

moto's CloudFormation knows neither. Connections with an API key are modelled. Sources:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-connection.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-apidestination.html
"""

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.events.models import events_backends

from embedded_aws.stacks.api_properties import CreatingCall, same_names
from embedded_aws.stacks.plain_model import Made, register_type

_CONNECTION = CreatingCall(
    "events",
    "CreateConnection",
    same_names("Name", "Description", "AuthorizationType", "AuthParameters"),
)
_DESTINATION = CreatingCall(
    "events",
    "CreateApiDestination",
    same_names(
        "Name",
        "Description",
        "ConnectionArn",
        "HttpMethod",
        "InvocationEndpoint",
        "InvocationRateLimitPerSecond",
    ),
)
_LONGEST_NAME = 64
_DEFAULT_RATE = 300


def install() -> None:
    """Register both types."""
    register_type(
        "AWS::Events::Connection", _connect, _disconnect, ("Arn", "SecretArn"), _change_connection
    )
    register_type("AWS::Events::ApiDestination", _create, _delete, ("Arn", "ArnForPolicy"), _change)


def _connect(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    given = _checked_connection(properties, name[-_LONGEST_NAME:])
    connection = events_backends[account][region].create_connection(
        given["Name"],
        given.get("Description", ""),
        given["AuthorizationType"],
        given["AuthParameters"],
    )
    return Made(connection.name, {"Arn": connection.arn, "SecretArn": connection.secret_arn})


def _change_connection(
    physical_id: str, properties: dict[str, Any], account: str, region: str
) -> Made:
    given = _checked_connection(properties, physical_id)
    connection = events_backends[account][region].connections[physical_id]
    connection.auth_parameters = given["AuthParameters"]
    connection.description = given.get("Description", "")
    return Made(connection.name, {"Arn": connection.arn, "SecretArn": connection.secret_arn})


def _checked_connection(properties: dict[str, Any], name: str) -> dict[str, Any]:
    given = _CONNECTION.parameters(properties, Name=name)
    is_by_key = given["AuthorizationType"] == "API_KEY"
    if not is_by_key or given["AuthParameters"].keys() != {"ApiKeyAuthParameters"}:
        raise ValidationError(message="the embedded AWS models connections with an API key only")
    return given


def _disconnect(physical_id: str, account: str, region: str) -> None:
    events_backends[account][region].delete_connection(physical_id)


def _create(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    given = _checked_destination(properties, name[-_LONGEST_NAME:], account, region)
    backend = events_backends[account][region]
    backend.create_api_destination(
        given["Name"],
        given.get("Description", ""),
        given["ConnectionArn"],
        given["InvocationEndpoint"],
        given["InvocationRateLimitPerSecond"],
        given["HttpMethod"],
    )
    return _made(backend.destinations[given["Name"]])


def _change(physical_id: str, properties: dict[str, Any], account: str, region: str) -> Made:
    given = _checked_destination(properties, physical_id, account, region)
    destination = events_backends[account][region].destinations[physical_id]
    destination.description = given.get("Description", "")
    destination.connection_arn = given["ConnectionArn"]
    destination.invocation_endpoint = given["InvocationEndpoint"]
    destination.invocation_rate_limit_per_second = given["InvocationRateLimitPerSecond"]
    destination.http_method = given["HttpMethod"]
    return _made(destination)


def _checked_destination(
    properties: dict[str, Any], name: str, account: str, region: str
) -> dict[str, Any]:
    given = _DESTINATION.parameters(
        properties, Name=name, InvocationRateLimitPerSecond=_DEFAULT_RATE
    )
    if not given["InvocationEndpoint"].startswith("https://"):
        raise ValidationError(message="InvocationEndpoint must begin with https://")
    connections = events_backends[account][region].connections.values()
    if given["ConnectionArn"] not in [one.arn for one in connections]:
        raise ValidationError(message=f"Connection '{given['ConnectionArn']}' does not exist.")
    return given


def _delete(physical_id: str, account: str, region: str) -> None:
    events_backends[account][region].delete_api_destination(physical_id)


def _made(destination: Any) -> Made:
    policy_arn = destination.arn.rpartition("/")[0]
    return Made(destination.name, {"Arn": destination.arn, "ArnForPolicy": policy_arn})
