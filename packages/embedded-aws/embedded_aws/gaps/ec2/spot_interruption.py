"""A reclaimed spot instance has the reason of its end.

moto never interrupts one; `embedded_aws.instances.interruption` does.
"""

from typing import Any

from moto.ec2.models.instances import Instance, StateReason

from embedded_aws.patching import wrap

_REASON = "Server.SpotInstanceTermination"


def install() -> None:
    """Patch the state reason of an instance that was reclaimed."""
    wrap(Instance, "finish_terminate", _make_finish_terminate)


def _make_finish_terminate(original: Any) -> Any:
    def finish_terminate(self: Any) -> Any:
        previous = original(self)
        if getattr(self, "is_reclaimed", False):
            text = "Instance terminated by EC2 because of a Spot interruption"
            self.state_reason = StateReason(f"{_REASON}: {text}", _REASON)
            self._reason = _REASON
        return previous

    return finish_terminate
