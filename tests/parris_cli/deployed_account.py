"""A deployment in moto's account, found by the command as in a real one."""

import json
from typing import Any

import boto3

BUCKET = "the-training-bucket"
REGION = "us-east-1"
MACHINE = f"arn:aws:states:{REGION}:123456789012:stateMachine:parris-training"
OUTPUTS = {
    "DeploymentName": "parris",
    "StateMachineArn": MACHINE,
    "TrainingBucketName": BUCKET,
    "TrainerLogGroupName": "/parris/parris/trainers",
    "WakeFunctionName": "wake",
    "ValidateConfigFunctionName": "validate",
    "ScheduleRoleArn": "arn:aws:iam::123456789012:role/parris-SchedulesRole",
}


def make_deployment(**outputs: str) -> Any:
    """Make a stack with the outputs of a deployment and its bucket, and return a client of S3."""
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {name: {"Value": value} for name, value in {**OUTPUTS, **outputs}.items()},
    }
    boto3.client("cloudformation", region_name=REGION).create_stack(
        StackName="parris", TemplateBody=json.dumps(template)
    )
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket=BUCKET)
    return s3
