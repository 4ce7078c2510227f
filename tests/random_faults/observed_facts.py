"""What really existed and when: read from the embedded EC2 at every event of its clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.ec2.models import ec2_backends

from embedded_aws.clock_interface import Clock
from embedded_aws.context import Context

_BILLED = ("pending", "running")
_OVER = ("stopped", "terminated")
_OWNER = "parris:execution"


@dataclass(slots=True)
class TrueInstance:
    """One instance: `ended_at` is when it was off for good, None as long as it is not.

    EC2 bills until `billed_until`, when it is neither pending nor running any more.
    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
    """

    id: str
    instance_type: str
    is_spot: bool
    launched_at: datetime
    state: str
    ended_at: datetime | None = None
    billed_until: datetime | None = None
    ended_by: str = ""


@dataclass(slots=True)
class TrueVolume:
    """One volume: `gone_at` is when it was deleted, None as long as it is there."""

    id: str
    gib: int
    made_at: datetime
    gone_at: datetime | None = None


@dataclass(slots=True)
class Truth:
    """Instances and volumes of one execution, by id.

    `record` must be called at every time at which something may have changed.
    """

    context: Context
    clock: Clock
    execution_arn: str
    instances: dict[str, TrueInstance] = field(default_factory=dict)
    volumes: dict[str, TrueVolume] = field(default_factory=dict)

    def record(self) -> None:
        """Record what exists now."""
        now, backend = self.clock.now(), self._backend
        for one in backend.all_instances():
            if _owner_of(one) == self.execution_arn:
                self._see_instance(one, now)
        there = dict(backend.volumes)
        for volume_id, one in there.items():
            if _owner_of(one) == self.execution_arn and volume_id not in self.volumes:
                self.volumes[volume_id] = TrueVolume(volume_id, int(one.size), now)
        for known in self.volumes.values():
            if known.gone_at is None and known.id not in there:
                known.gone_at = now

    def watching(self, condition: Callable[[], bool]) -> Callable[[], bool]:
        """Return the condition, which now records first."""

        def look_and_ask() -> bool:
            self.record()
            return condition()

        return look_and_ask

    @property
    def _backend(self) -> Any:
        settings = self.context.settings
        return ec2_backends[settings.account_id][settings.region]

    def _see_instance(self, one: Any, now: datetime) -> None:
        known = self.instances.get(one.id)
        if known is None:
            launched_at = one.launch_time.replace(tzinfo=UTC)
            is_spot = one.lifecycle == "spot"
            known = TrueInstance(one.id, one.instance_type, is_spot, launched_at, one.state)
            self.instances[one.id] = known
        known.state = one.state
        if one.state not in _BILLED and known.billed_until is None:
            known.billed_until = now
        if one.state in _OVER and known.ended_at is None:
            known.ended_at = now
            known.ended_by = str(getattr(one.state_reason, "code", "") or "")


def _owner_of(one: Any) -> str | None:
    return next((tag["value"] for tag in one.get_tags() if tag["key"] == _OWNER), None)
