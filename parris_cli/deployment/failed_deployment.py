"""What to do about a deployment that failed, by its cause and by what became of the stack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from parris_cli.account.stack_status import Use, require_usable
from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

_ADVICE = (
    (
        re.compile(r"already exists|AlreadyExists", re.IGNORECASE),
        "Another deployment, or something else in the account, has that name. Deploy under another"
        " one: parris deploy --stack-name NAME",
    ),
    (
        re.compile(r"not authorized|AccessDenied|UnauthorizedOperation", re.IGNORECASE),
        "Your permissions lack that action: docs/policies/deployer*.json"
        " list what a deployment needs.",
    ),
    (
        re.compile(r"credentials|security token|resolve a region|ExpiredToken", re.IGNORECASE),
        "Check your credentials and your Region: aws configure, or aws sso login",
    ),
    (
        re.compile(r"quota|limit ?exceeded|throttl", re.IGNORECASE),
        "Wait, or request a higher quota in the console of Service Quotas, and deploy again.",
    ),
    (
        re.compile(r"No space left", re.IGNORECASE),
        "Make room on this machine's disk, and deploy again.",
    ),
)


def advice(cause: str, stack: StackTypeDef | None, deploy: str) -> list[str]:
    """Return what to do, in sentences.

    Args:
        cause: why it failed.
        stack: the stack as it is now, None where there is none or it cannot be seen.
        deploy: the command that deploys it.
    """
    found = [text for pattern, text in _ADVICE if pattern.search(cause)][:1]
    if stack is None:
        return found
    try:
        require_usable(stack, Use.DEPLOY, deploy)
    except RefusedError as err:
        return [*found, str(err)]
    if "ROLLBACK_COMPLETE" in stack["StackStatus"]:
        return [
            *found,
            "The deployment works as it did before. Once the cause is removed, deploy again:"
            f"\n{deploy}",
        ]
    return found
