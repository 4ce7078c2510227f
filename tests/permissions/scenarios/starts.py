"""Jobs that a schedule or a message of a device starts."""

import json
import time

from embedded_aws import EmbeddedAws
from parris_cli.starting.start_job import StartedJob
from tests.end_to_end.deployment import Deployed
from tests.permissions.scenarios.scenario import SECONDS, outputs_of, require_reason

# The whole config, because nobody uploads one for these jobs.
QUICK_JOB = {
    "training-job-name": "clicked",
    "termination-method": "on-complete",
    "training-script-filename": "quick.sh",
    "instance-type": "t3.micro",
}


def scheduled(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Let a schedule that is due at once start a job, with the deployment's role for schedules."""
    outputs = outputs_of(aws)
    call = {
        "StateMachineArn": outputs["StateMachineArn"],
        "Name": "scheduled-<aws.scheduler.execution-id>",
        "Input": json.dumps({**QUICK_JOB, "training-job-name": "scheduled"}),
    }
    put_quick_script(deployed, aws)
    aws.client("scheduler").create_schedule(
        Name="daily",
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:scheduler:::aws-sdk:sfn:startExecution",
            "RoleArn": outputs["ScheduleRoleArn"],
            "Input": json.dumps(call),
        },
    )
    require_reason(deployed.end_of(_started_as("scheduled-", aws), SECONDS), "COMPLETED")


def clicked(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Let a message of a device start a job."""
    put_quick_script(deployed, aws)
    message = json.dumps({"serialNumber": "1", "clickType": "SINGLE"})
    aws.client("iot-data").publish(topic="buttons/1", qos=1, payload=message)
    require_reason(deployed.end_of(_started_as("click-1-SINGLE-", aws), SECONDS), "COMPLETED")


def put_quick_script(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Put the script of `QUICK_JOB` into the bucket."""
    bucket, key = deployed.account.deployment.bucket, QUICK_JOB["training-script-filename"]
    aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b"#!/bin/bash\nexit 0\n")


def _started_as(prefix: str, aws: EmbeddedAws) -> StartedJob:
    """Wait for an execution whose name has this prefix."""
    steps = aws.client("stepfunctions")
    machines = steps.list_state_machines()["stateMachines"]
    (machine,) = [one for one in machines if one["name"] == "parris-training"]
    ends_at = time.monotonic() + SECONDS
    while time.monotonic() < ends_at:
        answer = steps.list_executions(stateMachineArn=machine["stateMachineArn"])
        for one in answer["executions"]:
            if one["name"].startswith(prefix):
                return StartedJob(one["name"], one["executionArn"], one["startDate"])
        time.sleep(0.2)
    raise AssertionError(f"nothing has started as {prefix}")
