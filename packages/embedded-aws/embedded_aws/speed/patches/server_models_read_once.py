"""One loader finds and reads the services' models.

Not a gap in behaviour. moto creates a loader for each model, and each first searches the folders of
all 400 services.
"""

import functools

from moto.core import utils

from embedded_aws.patching import wrap


def install() -> None:
    """Patch where the server gets a loader."""
    wrap(utils, "create_loader", functools.cache)
