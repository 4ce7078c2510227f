"""The program of the `aws` command's fork server: the real awscli, already imported."""

import os
import runpy
import sys
from collections.abc import Mapping, Sequence

_DATA_PATH = "AWS_DATA_PATH"

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

    (_command,) = arguments
    _data_path = os.environ[_DATA_PATH]  # which awscli has set


def may_run(arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Return True: awscli reads everything else when it runs."""
    return True


def run(arguments: Sequence[str]) -> None:
    """Run the command's own script."""
    os.environ[_DATA_PATH] = _data_path
    sys.argv = [_command, *arguments]
    runpy.run_path(_command, run_name="__main__")
