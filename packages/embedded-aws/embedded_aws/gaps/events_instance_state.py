"""EC2 tells EventBridge when an instance changes its state.

moto never does. Whoever changes an instance's state calls `emit_instance_state_change`.
"""

from embedded_aws.context import current
from embedded_aws.emit_event import emit_event


def install() -> None:
    """Nothing to patch: there is nothing of moto's to change, only an event to send."""


def emit_instance_state_change(instance_id: str, state: str) -> None:
    """Send the event that EC2 sends.

    Args:
        instance_id: the instance.
        state: what it is in now: pending, running, stopping, stopped, shutting-down, terminated.
    """
    settings = current().settings
    arn = f"arn:aws:ec2:{settings.region}:{settings.account_id}:instance/{instance_id}"
    detail = {"instance-id": instance_id, "state": state}
    emit_event("aws.ec2", "EC2 Instance State-change Notification", arn, detail)
