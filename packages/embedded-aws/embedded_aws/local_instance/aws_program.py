"""The program of the `aws` command's fork server: the real awscli, already imported.

The files that describe the services are two thirds of what a call still computes. So those that a
machine's calls read are read before the fork, too.
"""

import importlib
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

_DATA_PATH = "AWS_DATA_PATH"
_QUICK = ("embedded_aws.speed.quick_botocore", "embedded_aws.speed.quick_headers")
_SERVICES = ("s3", "sts")
_KINDS = ("service-2", "endpoint-rule-set-1", "paginators-1")
_OF_ALL_SERVICES = ("cli", "endpoints", "partitions", "sdk-default-configuration", "_retry")

_command = ""
_data_path = ""


def preload(arguments: Sequence[str]) -> None:
    """Import the modules that every call needs.

    Args:
        arguments: the path of the real command.
    """
    global _command, _data_path
    import awscli.clidriver
    import awscli.handlers  # noqa: F401 - all commands, S3's among them

    for name in _QUICK:  # now that `botocore` is the one of awscli, if it has its own
        importlib.import_module(name).install()
    (_command,) = arguments
    _data_path = os.environ[_DATA_PATH]  # which awscli has set
    _read_models()


def may_run(arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Return True: awscli reads everything else when it runs."""
    return True


def run(arguments: Sequence[str]) -> None:
    """Run the command's own script."""
    os.environ[_DATA_PATH] = _data_path
    sys.argv = [_command, *arguments]
    runpy.run_path(_command, run_name="__main__")


def _read_models() -> None:
    """Read them into a loader, which the first session of a process takes."""
    from botocore import session
    from botocore.exceptions import BotoCoreError

    create = session.create_loader
    read = [create(_data_path)]
    for kind in _KINDS:
        with suppress(BotoCoreError):  # the call that needs it reports it
            read[0].list_available_services(kind)
            for service in _SERVICES:
                read[0].load_service_model(service, kind, api_version=None)
    for name in _OF_ALL_SERVICES:
        with suppress(BotoCoreError):
            read[0].load_data_with_path(name)

    def create_loader(search_path_string: str | None = None) -> Any:
        # A session may change what it has loaded, so that no other one may have it.
        is_usual = search_path_string == _data_path
        return read.pop() if read and is_usual else create(search_path_string)

    session.create_loader = create_loader
