"""Imports what Parris's functions have in common, once for all of them, in the embedded AWS.

It runs where the functions are forked from, with their packages and the variables that all of them
have. No module that it imports reads others or logs: `parris.entrypoint` does, and so it and the
handlers are left to each function. Clients differ by role and are left, too, but not their models.
"""

import importlib
import pkgutil
import sys
from contextlib import suppress
from pathlib import Path

_LEFT = "parris.entrypoint"


def import_for_all() -> None:
    """Import the modules, and read the models of the services that functions call."""
    import aws_lambda_powertools.logging  # noqa: F401

    import parris
    import parris.aws.models
    from parris.aws.clients import Clients

    sys.modules[_LEFT] = None  # type: ignore[assignment]  # what imports it fails, and is left
    for module in pkgutil.walk_packages(parris.__path__, f"{parris.__name__}."):
        with suppress(ImportError):
            importlib.import_module(module.name)
    del sys.modules[_LEFT]
    clients = Clients()
    for folder in Path(parris.aws.models.__path__[0]).iterdir():
        if next(folder.glob("*/service-2.json*"), None) is not None:
            clients.client(folder.name)
