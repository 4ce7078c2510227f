"""The system of one instance as local processes: launched, shut down, and watched to its end."""

import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from shutil import which

from embedded_aws.local_instance.description import InstanceDescription, base_python
from embedded_aws.local_instance.metadata_server import MetadataServer
from embedded_aws.processes import kill_all

_PACKAGE = Path(__file__).resolve().parent.parent
# Only the supervisor's own modules: importing the package imports moto, a second and 200 MB.
_RUN_SUPERVISOR = """
import runpy, sys, types
package = types.ModuleType("embedded_aws")
package.__path__ = [sys.argv.pop(1)]
sys.modules["embedded_aws"] = package
runpy.run_module("embedded_aws.local_instance", run_name="__main__", alter_sys=True)
"""
_KILL_WAIT_SECONDS = 15.0


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
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._is_first_boot = True
        self._lock = threading.Lock()

    def start(self, on_off: Callable[[], None]) -> None:
        """Switch it on; `on_off` is called on a thread of its own when it is off again."""
        boot = "first-boot" if self._is_first_boot else "later-boot"
        self._is_first_boot = False
        description = self._description.save()
        folder = Path(self._description.folder)
        with (folder / "supervisor.log").open("ab") as errors:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-c", _RUN_SUPERVISOR, str(_PACKAGE), str(description), boot],
                cwd=folder,
                env=_supervisor_environment(),
                stdin=subprocess.PIPE,
                stdout=errors,
                stderr=errors,
                start_new_session=True,
            )
        threading.Thread(target=self._watch, args=(self._supervisor, on_off), daemon=True).start()

    def ask_stop(self) -> None:
        """Request a shutdown, as the API does; services get their grace period."""
        self._tell(b"stop\n")

    def ask_reboot(self) -> None:
        """Request a reboot."""
        self._tell(b"reboot\n")

    def kill(self) -> None:
        """End it and everything it has started, at once; return when that is done."""
        supervisor = self._supervisor
        if supervisor is not None and supervisor.poll() is None:
            self._close_life_line(supervisor)
            try:
                supervisor.wait(_KILL_WAIT_SECONDS)
            except subprocess.TimeoutExpired:
                supervisor.kill()
                supervisor.wait()
        kill_all(self._description.marker)

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

    def _close_life_line(self, supervisor: subprocess.Popen[bytes]) -> None:
        with self._lock, suppress(OSError):
            assert supervisor.stdin is not None
            supervisor.stdin.close()

    def _tell(self, line: bytes) -> None:
        supervisor = self._supervisor
        if supervisor is None or supervisor.poll() is not None:
            return
        with self._lock, suppress(OSError, ValueError):
            assert supervisor.stdin is not None
            supervisor.stdin.write(line)
            supervisor.stdin.flush()

    def _watch(self, supervisor: subprocess.Popen[bytes], on_off: Callable[[], None]) -> None:
        supervisor.wait()
        self._close_life_line(supervisor)
        # If the supervisor itself was killed, its processes may still exist.
        kill_all(self._description.marker)
        on_off()


def find_aws_command() -> str:
    """Return the path of the real command, preferring the one of this Python."""
    beside = Path(sys.executable).parent / "aws"
    return str(beside) if beside.exists() else which("aws") or "aws"


def _supervisor_environment() -> dict[str, str]:
    own = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH"}
    return {
        name: value
        for name, value in os.environ.items()
        if not (name in own or name.startswith("AWS_"))
    }
