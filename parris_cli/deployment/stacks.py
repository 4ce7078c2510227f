"""The stacks that `parris deploy` makes, as CloudFormation describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from parris.aws.translate_errors import code_of
from parris_cli.account.session import own_session
from parris_cli.account.stack_status import Use, require_usable
from parris_cli.aws_errors import describe_error
from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_cloudformation.type_defs import StackTypeDef


def find_stack(session: boto3.Session, name: str) -> StackTypeDef | None:
    """Return the stack with that name, None where there is none."""
    try:
        (stack,) = session.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as err:
        if code_of(err) == "ValidationError":  # there is no such stack
            return None
        raise
    return stack


def stack_after_failure(name: str) -> StackTypeDef | None:
    """Return the stack with that name, None where it cannot be seen."""
    try:
        return find_stack(own_session(), name)
    except (BotoCoreError, ClientError):
        return None  # sam has said what is wrong with the account


def deployed_stack(name: str) -> StackTypeDef:
    """Return the stack that sam has deployed.

    Raises:
        RefusedError: when it cannot be seen or used.
    """
    try:
        stack = find_stack(own_session(), name)
    except (BotoCoreError, ClientError) as err:
        cause = describe_error(err)
        message = f"sam has deployed {name}, but its outputs cannot be read: {cause}"
        raise RefusedError(message, reason=None) from err
    if stack is None:
        raise RefusedError(
            f"sam has deployed {name}, but this command cannot find it: check that both use"
            " the same account and Region",
            reason=None,
        )
    require_usable(stack, Use.START)
    return stack


def outputs_of(stack: StackTypeDef) -> dict[str, str]:
    """Return the outputs of a stack by their names."""
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def parameters_of(stack: StackTypeDef) -> dict[str, str]:
    """Return the parameters of a stack by their names."""
    return {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}
