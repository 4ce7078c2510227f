"""GetConsoleOutput returns the instance's console output; moto returns the same sample for all.

Here the output is always the latest. EC2 has the latest output only for types of the Nitro system,
and refuses `Latest` for older ones.
"""

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.core.types import Base64EncodedString
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses.general import General

from embedded_aws.instances.lifecycle import console_of
from embedded_aws.patching import wrap

# EC2 keeps the last 64 KB.
_KEPT_BYTES = 64 * 1024
# Families of virtualized types on Xen.
# Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-nitro-instances.html
_XEN = re.compile(
    r"^(t1|t2|m[1-4]|c1|c[34]|cc2|r[34]|x1e?|d2|h1|i2|i3|f1|g2|g3s?|p2|p3)\.(?!metal)"
)


class LatestNotSupportedError(EC2ClientError):
    """The instance's type cannot show the latest console output."""

    def __init__(self) -> None:
        """Use EC2's message."""
        super().__init__(
            "UnsupportedOperation",
            "This instance type does not support retrieving the latest console logs. This feature"
            " is only supported on instance types that use the AWS Nitro System hypervisor.",
        )


def install() -> None:
    """Patch the API call."""
    wrap(General, "get_console_output", _make_get_console_output)


def _make_get_console_output(original: Any) -> Any:
    def get_console_output(self: Any) -> ActionResult:
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        if self._get_bool_param("Latest") and _XEN.match(instance.instance_type):
            raise LatestNotSupportedError
        text = console_of(instance.id)[-_KEPT_BYTES:].decode("utf-8", errors="replace")
        output = Base64EncodedString.from_raw_string(text)
        return ActionResult(
            {"InstanceId": instance.id, "Timestamp": utcnow(), "Output": output if text else None}
        )

    return get_console_output
