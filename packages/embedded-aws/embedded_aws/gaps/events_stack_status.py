"""CloudFormation tells EventBridge when a stack changes its status.

moto never does. `embedded_aws.stacks.life` calls `emit_stack_status` at each change.
"""

from embedded_aws.emit_event import emit_event


def install() -> None:
    """Nothing to patch: there is nothing of moto's to change, only an event to send."""


def emit_stack_status(stack_id: str, status: str, reason: str | None, token: str | None) -> None:
    """Send the event that CloudFormation sends.

    Args:
        stack_id: the stack's whole id.
        status: what it is in now.
        reason: why, where CloudFormation says so.
        token: the ClientRequestToken of the operation, where it had one.
    """
    detail = {
        "stack-id": stack_id,
        "status-details": {"status": status, "status-reason": reason or ""},
    }
    if token:
        detail["client-request-token"] = token
    emit_event("aws.cloudformation", "CloudFormation Stack Status Change", stack_id, detail)
