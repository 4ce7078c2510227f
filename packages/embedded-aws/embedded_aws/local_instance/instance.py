"""The system of one instance as local processes: launched, shut down, and watched to its end."""

import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import which

from embedded_aws.local_instance.description import InstanceDescription, base_python
from embedded_aws.local_instance.metadata_server import MetadataServer
from embedded_aws.supervised_process import SupervisedProcess


class LocalInstance:
    """One instance's system, on or off.

    Args:
        instance_id: the instance's id.
        folder: a folder for this machine alone.
        user_data: the decoded user data, as bytes.
        metadata: its metadata service, already running.
        endpoint_url: the endpoint of its AWS.
        region: the Region of its AWS.
        aws_socket: a server that forks its `aws` commands; None starts a process for each.
        image_commands: maps commands of its image to shell lines.
    """

    def __init__(
        self,
        instance_id: str,
        folder: Path,
        user_data: bytes,
        metadata: MetadataServer,
        endpoint_url: str,
        region: str,
        aws_socket: Path | None = None,
        image_commands: Mapping[str, str] | None = None,
    ) -> None:
        """Create its folder; nothing runs before `start`."""
        folder.mkdir(parents=True, exist_ok=True)
        self._metadata = metadata
        self._description = InstanceDescription(
            instance_id=instance_id,
            folder=str(folder.resolve()),
            marker=f"{instance_id}-{secrets.token_hex(4)}",
            region=region,
            endpoint_url=endpoint_url,
            metadata_url=metadata.url,
            python=base_python(),
            aws_command=find_aws_command(),
            aws_socket=str(aws_socket or ""),
            image_commands=dict(image_commands or {}),
        )
        self._description.user_data.write_bytes(user_data)
        self._description.console.touch()
        self._supervisor = SupervisedProcess(self._description.marker)
        self._is_first_boot = True

    def start(self, on_off: Callable[[], None]) -> None:
        """Switch it on; `on_off` is called on a thread of its own when it is off again."""
        boot = "first-boot" if self._is_first_boot else "later-boot"
        self._is_first_boot = False
        self._supervisor.start(
            "embedded_aws.local_instance",
            [str(self._description.save()), boot],
            Path(self._description.folder),
            lambda _: on_off(),
        )

    def ask_stop(self) -> None:
        """Request a shutdown, as the API does; services get their grace period."""
        self._supervisor.tell("stop")

    def ask_reboot(self) -> None:
        """Request a reboot."""
        self._supervisor.tell("reboot")

    def kill(self) -> None:
        """End it and everything it has started, at once; return when that is done."""
        self._supervisor.kill()

    def retire(self) -> None:
        """End its metadata service, after the instance has terminated."""
        self._metadata.close()

    def close(self) -> None:
        """Kill it and end its metadata service."""
        self.kill()
        self._metadata.close()

    def read_console(self) -> bytes:
        """Return its console output so far."""
        return self._description.console.read_bytes()


def find_aws_command() -> str:
    """Return the path of the real command, preferring the one of this Python."""
    beside = Path(sys.executable).parent / "aws"
    return str(beside) if beside.exists() else which("aws") or "aws"
