"""Errors of `aws-sdk` integrations begin with the service's name in AWS's spelling.

AWS reports `CloudFormation.AlreadyExistsException`; moto knows only the spelling of DynamoDB and
reports `cloudformation.AlreadyExistsException`.
"""

from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk,
)

SERVICE_NAMES = {
    "cloudformation": "CloudFormation",
    "cloudwatchlogs": "CloudWatchLogs",
    "ec2": "Ec2",
    "eventbridge": "EventBridge",
    "lambda": "Lambda",
    "s3": "S3",
    "sns": "Sns",
    "sqs": "Sqs",
    "ssm": "Ssm",
}


def install() -> None:
    """Add the names to the engine's table."""
    state_task_service_aws_sdk._SERVICE_ERROR_NAMES.update(SERVICE_NAMES)
