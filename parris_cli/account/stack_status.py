"""Whether the status of a deployment's stack allows a use, and what to do if it does not."""

from __future__ import annotations

import shlex
from enum import StrEnum
from typing import TYPE_CHECKING

from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef


class Use(StrEnum):
    """What a deployment is needed for; the values are parts of messages."""

    START = "no job can be started"
    REACH = "its jobs cannot be reached"
    DEPLOY = "it cannot be deployed"


_SOUND = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
)
_NEVER_CAME = frozenset({"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"})
# CloudFormation accepts a new deployment over these: the first was never executed, or an update
# failed half way.
_DEPLOYABLE = _SOUND | {"REVIEW_IN_PROGRESS", "UPDATE_FAILED"}
# Nothing helps except waiting for the current operation.
_WAITS = {
    "CREATE_IN_PROGRESS": "stack-create-complete",
    "ROLLBACK_IN_PROGRESS": "stack-rollback-complete",
    "DELETE_IN_PROGRESS": "stack-delete-complete",
    "UPDATE_IN_PROGRESS": "stack-update-complete",
    "UPDATE_ROLLBACK_IN_PROGRESS": "stack-rollback-complete",
    "IMPORT_IN_PROGRESS": "stack-import-complete",
    "IMPORT_ROLLBACK_IN_PROGRESS": "stack-import-complete",
}
# In these, the functions that a running job needs exist, or may still exist.
_REACHABLE = _SOUND | {
    "UPDATE_IN_PROGRESS",
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_FAILED",
    "DELETE_IN_PROGRESS",
    "DELETE_FAILED",
    "IMPORT_IN_PROGRESS",
    "IMPORT_ROLLBACK_IN_PROGRESS",
    "IMPORT_ROLLBACK_FAILED",
}
_ALLOWED = {Use.START: _SOUND, Use.REACH: _REACHABLE, Use.DEPLOY: _DEPLOYABLE}


def require_usable(stack: StackTypeDef, use: Use, deploy: str = "") -> None:
    """Raise unless the status of a stack allows the use.

    Args:
        stack: that of a deployment, or of an environment beside it.
        use: what it is needed for.
        deploy: the command that deploys it; empty for that of a deployment.

    Raises:
        RefusedError: with the status and what to do.
    """
    name, status = stack["StackName"], stack["StackStatus"]
    if status in _ALLOWED[use]:
        return
    status_reason = stack.get("StackStatusReason")
    reason = f" ({status_reason})" if status_reason else ""
    raise RefusedError(
        f"the stack {name} is {status}{reason}, so that {use}. {_what_to_do(name, status, deploy)}",
        reason=None,
    )


def _what_to_do(name: str, status: str, deploy: str) -> str:
    stack = shlex.quote(name)
    of = f"--stack-name {stack}"
    events = f"aws cloudformation describe-stack-events {of}"
    delete = f"aws cloudformation delete-stack {of}"
    deploy = deploy or f"parris deploy {of}"
    if status in _NEVER_CAME:
        return (
            "Its first deployment failed, so CloudFormation cannot update it. See why:\n"
            f"{events}\nthen delete it and deploy again:\n{delete}\n{deploy}"
        )
    if status == "REVIEW_IN_PROGRESS":
        return f"Its first deployment was prepared and never executed. Deploy it:\n{deploy}"
    if status == "DELETE_FAILED":
        return f"See what could not be deleted:\n{events}\nand delete it again:\n{delete}"
    if status in ("UPDATE_ROLLBACK_FAILED", "IMPORT_ROLLBACK_FAILED"):
        go_on = f"aws cloudformation continue-update-rollback {of}"
        return f"Rolling back its last update failed. See why:\n{events}\nthen:\n{go_on}"
    if status == "UPDATE_FAILED":
        return f"Its last update failed half way. See why:\n{events}\nthen deploy again:\n{deploy}"
    if status in _WAITS:
        wait = f"aws cloudformation wait {_WAITS[status]} {of}"
        return f"Wait until that has finished, and try again:\n{wait}"
    return f"See what happened:\n{events}"
