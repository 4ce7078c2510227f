"""An AWS in one process, for people without an account: see docs/embedded-aws.md."""

from embedded_aws import lean_moto  # noqa: F401
from embedded_aws.context import Settings
from embedded_aws.server import EmbeddedAws

__version__ = "0.2.0"
__all__ = ["EmbeddedAws", "Settings"]
