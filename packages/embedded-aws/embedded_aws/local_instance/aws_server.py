"""The fork server of the `aws` command, one for all machines of an embedded AWS."""

import importlib.util
import os
import sys
from pathlib import Path

from embedded_aws.inherited_environment import passed_on
from embedded_aws.local_instance.instance import find_aws_command
from embedded_aws.speed.forking.fork_server import ForkServer, can_fork

_PROGRAM = Path(__file__).with_name("aws_program.py")


def start_aws_server(socket_path: Path) -> ForkServer | None:
    """Start the server; return None if forking is not possible.

    It is not possible on macOS, or if the command is not the awscli of this Python.
    """
    command = Path(find_aws_command())
    is_own = command.parent == Path(sys.executable).parent
    if not (can_fork() and is_own and importlib.util.find_spec("awscli")):
        return None
    environment = {**passed_on(), "PATH": os.defpath}
    return ForkServer(_PROGRAM, ["-I"], environment, [str(command)], socket_path)
