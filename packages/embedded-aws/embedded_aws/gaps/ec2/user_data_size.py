"""User data has at most 16 KB.

moto takes user data of any size.
"""

import base64
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import InstanceBackend

from embedded_aws.patching import wrap

MOST_BYTES = 16_384


class UserDataTooLargeError(EC2ClientError):
    """The user data is larger than EC2 takes."""

    def __init__(self) -> None:
        """Use EC2's message."""
        super().__init__("InvalidParameterValue", f"User data is limited to {MOST_BYTES} bytes")


def install() -> None:
    """Patch the launch of instances."""
    wrap(InstanceBackend, "run_instances", _make_run_instances)


def _make_run_instances(original: Any) -> Any:
    def run_instances(self: Any, *arguments: Any, **named: Any) -> Any:
        user_data = named.get("user_data") or (arguments[2] if len(arguments) > 2 else None)
        # The limit is that of the data itself, before it is encoded.
        if user_data and len(base64.b64decode(str(user_data))) > MOST_BYTES:
            raise UserDataTooLargeError
        return original(self, *arguments, **named)

    return run_instances
