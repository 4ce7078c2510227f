"""AWS::Pipes::Pipe is created, updated and deleted. moto's CloudFormation does not know it.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-pipes-pipe.html
"""

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.pipes.models import Pipe, pipes_backends

from embedded_aws.stacks.api_properties import CreatingCall, same_names
from embedded_aws.stacks.plain_model import Made, register_type

_CALL = CreatingCall(
    "pipes",
    "CreatePipe",
    same_names(
        "Name",
        "Description",
        "DesiredState",
        "RoleArn",
        "Source",
        "SourceParameters",
        "Target",
        "TargetParameters",
    ),
)
_LONGEST_NAME = 64


def install() -> None:
    """Register the type."""
    register_type("AWS::Pipes::Pipe", _create, _delete, ("Arn", "CurrentState"), _update)


def _create(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    given = _CALL.parameters(properties, Name=name[-_LONGEST_NAME:])
    pipe = pipes_backends[account][region].create_pipe(
        name=given["Name"],
        description=given.get("Description"),
        desired_state=given.get("DesiredState"),
        source=given["Source"],
        source_parameters=given.get("SourceParameters"),
        enrichment=None,
        enrichment_parameters=None,
        target=given["Target"],
        target_parameters=given.get("TargetParameters"),
        role_arn=given["RoleArn"],
        tags=None,
        log_configuration=None,
        kms_key_identifier=None,
    )
    return _made(pipe)


def _update(physical_id: str, properties: dict[str, Any], account: str, region: str) -> Made:
    backend = pipes_backends[account][region]
    given = _CALL.parameters(properties, Name=physical_id)
    if (given["Name"], given["Source"]) != (physical_id, backend.pipes[physical_id].source):
        raise ValidationError(message="the embedded AWS does not model a pipe that is replaced")
    pipe = backend.update_pipe(
        name=physical_id,
        role_arn=given["RoleArn"],
        description=given.get("Description", ""),
        desired_state=given.get("DesiredState", "RUNNING"),
        source_parameters=given.get("SourceParameters", {}),
        enrichment=None,
        enrichment_parameters=None,
        target=given["Target"],
        target_parameters=given.get("TargetParameters", {}),
        log_configuration=None,
        kms_key_identifier=None,
    )
    return _made(pipe)


def _delete(physical_id: str, account: str, region: str) -> None:
    pipes_backends[account][region].delete_pipe(physical_id)


def _made(pipe: Pipe) -> Made:
    return Made(pipe.name, {"Arn": pipe.arn, "CurrentState": pipe.desired_state})
