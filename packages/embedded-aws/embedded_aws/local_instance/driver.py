"""The default driver: the user data of each instance runs as local processes."""

import base64
import hashlib
import threading
from pathlib import Path
from typing import Any

from embedded_aws.context import Context, current
from embedded_aws.inherited_environment import passed_on
from embedded_aws.local_instance.accelerators import accelerator_commands
from embedded_aws.local_instance.aws_server import start_aws_server
from embedded_aws.local_instance.instance import LocalInstance
from embedded_aws.local_instance.instance_metadata import make_metadata_server
from embedded_aws.speed.forking.fork_server import ForkServer
from embedded_aws.speed.forking.kept_servers import folder_of_kept, hand_back, take

AWS_SERVER = "aws-command"
_NAME_DIGITS = 8
_starting = threading.Lock()


class LocalInstances:
    """Makes `LocalInstance`s of the `current()` embedded AWS."""

    runs_processes = True

    def make_system(self, instance: Any) -> LocalInstance:
        """Return the system of an instance, off; its metadata service is already running."""
        context = current()
        user_data = base64.b64decode(str(instance.user_data))
        return LocalInstance(
            instance_id=instance.id,
            folder=context.folder / "machines" / instance.id,
            user_data=user_data,
            metadata=make_metadata_server(instance),
            endpoint_url=context.endpoint_url,
            region=instance.region_name,
            # Most machines without the command's name in their user data never call it, and its
            # imports take half a second; where one does, the command starts as a new process.
            aws_socket=_aws_socket(context) if b"aws" in user_data else None,
            image_commands=accelerator_commands(instance.instance_type, instance.image_id),
        )


LOCAL_INSTANCES = LocalInstances()


def _aws_socket(context: Context) -> Path | None:
    """Return the socket of the server that forks `aws` commands; None if it does not exist.

    It forks for machines that inherit the same variables as itself, and refuses others.
    """
    variables = tuple(sorted(passed_on().items()))
    key = (AWS_SERVER, variables)
    with _starting:
        if key not in context.services:
            name = hashlib.sha256(repr(variables).encode()).hexdigest()[:_NAME_DIGITS]
            path = (folder_of_kept() or context.folder) / f"aws-{name}.socket"
            started = context.services[key] = take(key) or start_aws_server(path)
            if started is not None:
                context.closers.callback(hand_back, key, started)
        server = context.services[key]
    return server.socket_path if isinstance(server, ForkServer) else None
