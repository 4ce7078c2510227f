"""EC2 reclaims a spot instance: a notice two minutes before, then the end with its own reason."""

from datetime import timedelta
from typing import Any

from moto.ec2.models import ec2_backends

from embedded_aws.context import current
from embedded_aws.emit_event import emit_event
from embedded_aws.instances.lifecycle import cut_off_instance, show_interruption_notice

NOTICE_SECONDS = 120
"""Source:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html"""


def interrupt_spot_instance(instance_id: str, notice_seconds: float = NOTICE_SECONDS) -> None:
    """Send an instance its notice, in its metadata and by an event, and reclaim it later.

    Args:
        instance_id: a running spot instance.
        notice_seconds: the time until its end, on the clock of the embedded AWS.

    Raises:
        ValueError: when it is not a spot instance.
    """
    context = current()
    settings = context.settings
    backend = ec2_backends[settings.account_id][settings.region]
    instance: Any = backend.get_instance(instance_id)
    if instance.lifecycle != "spot":
        raise ValueError(f"{instance_id} is not a spot instance")
    reclaimed_at = context.clock.now() + timedelta(seconds=notice_seconds)
    instance.spot_interruption_at = reclaimed_at  # the metadata service shows it
    emit_event(
        "aws.ec2",
        "EC2 Spot Instance Interruption Warning",
        f"arn:aws:ec2:{settings.region}:{settings.account_id}:instance/{instance_id}",
        {"instance-id": instance_id, "instance-action": "terminate"},
    )
    show_interruption_notice(instance_id)
    context.clock.call_at(reclaimed_at, lambda: _reclaim(instance))


def _reclaim(instance: Any) -> None:
    if instance.state != "running":
        return
    instance.is_reclaimed = True
    # A simulated system has nothing left to do. The processes of a real one get their grace period.
    if not cut_off_instance(instance):
        instance.terminate()
