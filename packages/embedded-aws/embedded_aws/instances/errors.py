"""Errors about the state of an instance, and about what the embedded AWS does not model."""

from typing import Any

from moto.ec2.exceptions import EC2ClientError


class IncorrectInstanceStateError(EC2ClientError):
    """The instance's state does not allow the operation."""

    def __init__(self, instance: Any, participle: str) -> None:
        """Use EC2's message; `participle` is `started`, `stopped` or `rebooted`."""
        super().__init__(
            "IncorrectInstanceState",
            f"The instance '{instance.id}' is not in a state from which it can be {participle}.",
        )


class NotModelledError(EC2ClientError):
    """The operation needs something that the embedded AWS does not model."""

    def __init__(self, message: str) -> None:
        """Include what is not modelled."""
        super().__init__("UnsupportedOperation", f"The embedded AWS does not model this: {message}")
