"""Finds the deployment to use when the command line names none."""

from __future__ import annotations

import re

from botocore.exceptions import BotoCoreError, ClientError

from parris_cli.account.session import own_session
from parris_cli.errors import RefusedError

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
        found = _deployments()
    except (ClientError, BotoCoreError):
        return DEFAULT_NAME
    if len(found) > 1:
        raise RefusedError(
            f"there are several deployments of Parris here: {', '.join(found)}; choose one with"
            " --deployment"
        )
    return found[0] if found else DEFAULT_NAME


def _deployments() -> list[str]:
    pages = own_session().client("cloudformation").get_paginator("describe_stacks").paginate()
    return sorted(
        stack["StackName"]
        for page in pages
        for stack in page["Stacks"]
        if {one["OutputKey"] for one in stack.get("Outputs", [])} >= _OUTPUTS
    )
