"""EC2 takes a spot instance back: told two minutes before, then done, with a reason of its own.

moto never interrupts one. Whoever lets that happen calls `interrupt_spot_instance`.
"""

from datetime import timedelta
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance, StateReason

from embedded_aws.context import current
from embedded_aws.emit_event import emit_event
from embedded_aws.gaps.ec2_instances_run import cut_off_instance, give_interruption_notice
from embedded_aws.patching import wrap

NOTICE_SECONDS = 120
"""Source:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html"""

_REASON = "Server.SpotInstanceTermination"


def install() -> None:
    """Patch what an instance that was taken back says of its end."""
    wrap(Instance, "finish_terminate", _make_finish_terminate)


def interrupt_spot_instance(instance_id: str, notice_seconds: float = NOTICE_SECONDS) -> None:
    """Give an instance its notice, in its metadata and by an event, and later take it back.

    Args:
        instance_id: of a spot instance that runs.
        notice_seconds: from now, on the clock of the embedded AWS, to its end.

    Raises:
        ValueError: when it is no spot instance.
    """
    context = current()
    settings = context.settings
    backend = ec2_backends[settings.account_id][settings.region]
    instance: Any = backend.get_instance(instance_id)
    if instance.lifecycle != "spot":
        raise ValueError(f"{instance_id} is no spot instance")
    taken_at = context.clock.now() + timedelta(seconds=notice_seconds)
    instance.spot_interruption_at = taken_at  # the metadata service shows it
    emit_event(
        "aws.ec2",
        "EC2 Spot Instance Interruption Warning",
        f"arn:aws:ec2:{settings.region}:{settings.account_id}:instance/{instance_id}",
        {"instance-id": instance_id, "instance-action": "terminate"},
    )
    give_interruption_notice(instance_id)
    context.clock.call_at(taken_at, lambda: _take_back(instance))


def _take_back(instance: Any) -> None:
    if instance.state != "running":
        return
    instance.is_taken_back = True
    # Of a simulated machine nothing is left to wait for. A real one's processes get their grace.
    if not cut_off_instance(instance):
        instance.terminate()


def _make_finish_terminate(original: Any) -> Any:
    def finish_terminate(self: Any) -> Any:
        previous = original(self)
        if getattr(self, "is_taken_back", False):
            words = "Instance terminated by EC2 because of a Spot interruption"
            self.state_reason = StateReason(f"{_REASON}: {words}", _REASON)
            self._reason = _REASON
        return previous

    return finish_terminate
