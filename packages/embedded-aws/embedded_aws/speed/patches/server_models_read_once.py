"""The services' models are found and read by one loader.

No gap of behaviour. moto makes a loader for each model, and each looks through the folders of all
400 services first.
"""

import functools

from moto.core import utils

from embedded_aws.patching import wrap


def install() -> None:
    """Patch where the server gets a loader."""
    wrap(utils, "create_loader", functools.cache)
