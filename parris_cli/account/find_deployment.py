"""Finds the deployment that a person means who names none."""

from __future__ import annotations

import re

from botocore.exceptions import BotoCoreError, ClientError

from parris_cli.account.session import own_session
from parris_cli.errors import RefusedError

DEFAULT_NAME = "parris"
_EXECUTION_ARN = re.compile(r"arn:[^:]+:states:[^:]+:\d+:execution:(.+)-training:[^:]+")
# What no other stack has all of.
_OUTPUTS = {"StateMachineArn", "WakeFunctionName", "DeploymentName"}


def find_deployment(job: str) -> str:
    """Return the deployment of a job: the one in an execution's ARN, else the account's only one.

    Where the account cannot be looked through, `parris` is taken, and whoever reaches for it says
    what is wrong.

    Raises:
        RefusedError: when there are several, all named.
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
            f"there are several deployments of Parris here: {', '.join(found)}; say which with"
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
