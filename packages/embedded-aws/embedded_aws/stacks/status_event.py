"""The EventBridge event at each change of a stack's status, which moto does not send."""

from embedded_aws.emit_event import emit_event


def emit_stack_status(stack_id: str, status: str, reason: str | None, token: str | None) -> None:
    """Send the event that CloudFormation sends.

    Args:
        stack_id: the stack's full id.
        status: its new status.
        reason: the reason, if CloudFormation gives one.
        token: the ClientRequestToken of the operation, if it had one.
    """
    detail = {
        "stack-id": stack_id,
        "status-details": {"status": status, "status-reason": reason or ""},
    }
    if token:
        detail["client-request-token"] = token
    emit_event("aws.cloudformation", "CloudFormation Stack Status Change", stack_id, detail)
