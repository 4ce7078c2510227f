"""Makes a resource of a stack fail on request: see embedded_aws/fault_injection."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from embedded_aws.fault_injection.aws_call import AwsCall
from embedded_aws.fault_injection.call_faults import CallFault, striker_of_calls

if TYPE_CHECKING:
    from embedded_aws.permissions.principals import Principal

CLOUDFORMATION = "CloudFormation"


class ResourceStruckError(Exception):
    """The service of a resource refuses CloudFormation's call, and its retries."""

    def __init__(self, fault: CallFault, action: str) -> None:
        """Use the service's code, status and message."""
        self.error_type, self.status_code, self.message = _WORDS[fault]
        super().__init__(f"{self.message}: {action}")


def strike_resource(verb: str, stack: Any, resource_type: str, actor: Principal | None) -> None:
    """Make a resource fail if the striker of this embedded AWS says so.

    Args:
        verb: `Create` or `Delete`.
        stack: moto's stack.
        resource_type: for instance `AWS::EC2::Instance`.
        actor: the acting principal; None for the administrator, who is never affected.

    Raises:
        ResourceStruckError: when it must fail.
    """
    striker = striker_of_calls()
    if striker is None or actor is None:
        return
    action = f"{verb}({resource_type})"
    fault = striker(
        AwsCall(
            caller=CLOUDFORMATION,
            role=actor.name,
            service="cloudformation",
            operation=action,
            call_id=str(uuid.uuid4()),
            event="",
            request=json.dumps(dict(stack.tags or {})),
        )
    )
    if fault in _WORDS:
        raise ResourceStruckError(fault, action)


_WORDS = {
    CallFault.THROTTLED: ("RequestLimitExceeded", 503, "Request limit exceeded."),
    CallFault.UNAVAILABLE: ("InternalError", 500, "An internal error has occurred"),
    CallFault.DENIED: (
        "UnauthorizedOperation",
        403,
        "You are not authorized to perform this operation.",
    ),
}
