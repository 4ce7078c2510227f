"""Errors of `aws-sdk` integrations carry the service's name as AWS spells it.

AWS says `CloudFormation.AlreadyExistsException`; moto knows that of DynamoDB only and says
`cloudformation.AlreadyExistsException` otherwise.
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
