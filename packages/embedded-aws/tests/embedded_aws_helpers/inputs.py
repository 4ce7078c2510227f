"""The inputs of executions."""

import json
from typing import Any

from embedded_aws import EmbeddedAws


def inputs(aws: EmbeddedAws, machine: str) -> list[Any]:
    """The inputs of executions, oldest first."""
    steps = aws.client("stepfunctions")
    arns = [e["executionArn"] for e in steps.list_executions(stateMachineArn=machine)["executions"]]
    found = [steps.describe_execution(executionArn=arn) for arn in arns]
    return [json.loads(one["input"]) for one in sorted(found, key=lambda one: one["startDate"])]
