"""Finds the deployment to use when the command line names none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from parris_cli.account.session import own_session
from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

DEFAULT_NAME = "parris"
_EXECUTION_ARN = re.compile(r"arn:[^:]+:states:[^:]+:\d+:execution:(.+)-training:[^:]+")
# Only a deployment of Parris has all of these outputs.
_OUTPUTS = {"StateMachineArn", "WakeFunctionName", "DeploymentName"}


def find_deployment(job: str) -> str:
    """Return the deployment of a job: the one in an execution's ARN, else the account's only one.

    Without permission to list the stacks, `parris` is used; connecting to it then reports what is
    wrong.

    Raises:
        RefusedError: when there are several; the message names all of them.
    """
    named = _EXECUTION_ARN.fullmatch(job)
    if named is not None:
        return named[1]
    try:
        found = sorted(_deployments(own_session().client("cloudformation")))
    except (ClientError, BotoCoreError):
        return DEFAULT_NAME
    if len(found) > 1:
        raise RefusedError(
            f"there are several deployments of Parris here: {', '.join(found)}; choose one with"
            " --deployment"
        )
    return found[0] if found else DEFAULT_NAME


def deployed_machines(client: CloudFormationClient) -> list[str]:
    """Return the state machine of each deployment in the account that a client reaches.

    Without permission to list the stacks, that of `parris`.
    """
    try:
        found = _deployments(client)
    except ClientError:
        found = _deployments(client, StackName=DEFAULT_NAME)
    return [outputs["StateMachineArn"] for outputs in found.values()]


def _deployments(client: Any, **query: str) -> dict[str, dict[str, str]]:
    """Return the outputs of each deployment among the stacks of a query, by its name."""
    found = {
        stack["StackName"]: {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
        for page in client.get_paginator("describe_stacks").paginate(**query)
        for stack in page["Stacks"]
        if stack.get("Outputs")
    }
    return {name: outputs for name, outputs in found.items() if outputs.keys() >= _OUTPUTS}
