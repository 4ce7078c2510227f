"""An AWS on 127.0.0.1, for tests and for people without an account."""

import embedded_aws.speed.lean_moto  # noqa: F401  before everything that imports moto
from embedded_aws.context import Settings
from embedded_aws.server import EmbeddedAws

__version__ = "0.2.0"
__all__ = ["EmbeddedAws", "Settings"]
