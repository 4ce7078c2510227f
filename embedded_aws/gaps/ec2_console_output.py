"""GetConsoleOutput gives what the machine has said; moto gives the same sample to everybody."""

from typing import Any

from moto.core.responses import ActionResult
from moto.core.types import Base64EncodedString
from moto.core.utils import utcnow
from moto.ec2.responses.general import General

from embedded_aws.gaps.ec2_instances_run import console_of
from embedded_aws.patching import wrap

# EC2 keeps the last 64 KB.
_KEPT_BYTES = 64 * 1024


def install() -> None:
    """Patch the API call."""
    wrap(General, "get_console_output", _make_get_console_output)


def _make_get_console_output(original: Any) -> Any:
    def get_console_output(self: Any) -> ActionResult:
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        text = console_of(instance.id)[-_KEPT_BYTES:].decode("utf-8", errors="replace")
        output = Base64EncodedString.from_raw_string(text)
        return ActionResult(
            {"InstanceId": instance.id, "Timestamp": utcnow(), "Output": output if text else None}
        )

    return get_console_output
