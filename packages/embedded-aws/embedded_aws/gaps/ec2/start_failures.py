"""A start that EC2 accepts can fail afterwards; moto's never does.

So it is without the right to use the key of an encrypted volume: the instance is pending, and then
stopped again. `FaultKind.START_FAILED` makes the next start fail so.
"""

from typing import Any

from moto.ec2.models.instances import Instance

from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import faults
from embedded_aws.instances import lifecycle
from embedded_aws.patching import wrap

_CODE = "Client.InternalError"


def install() -> None:
    """Patch the start of an instance."""
    wrap(Instance, "start", _make_start)


def _make_start(original: Any) -> Any:
    def start(self: Any) -> Any:
        if self.state == "stopped" and faults().take(FaultKind.START_FAILED):
            return lifecycle.fail_start(self, _CODE, f"{_CODE}: Client error on launch")
        return original(self)

    return start
