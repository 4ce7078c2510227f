"""An AWS on 127.0.0.1, for tests and for people without an account."""

import embedded_aws.speed.lean_boto3
import embedded_aws.speed.lean_moto  # noqa: F401  both before everything that imports those
from embedded_aws.context import Settings
from embedded_aws.server import EmbeddedAws

__version__ = "0.2.0"
__all__ = ["EmbeddedAws", "Settings"]
