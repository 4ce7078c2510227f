"""Starts a machine's processes, with their environment and console, but never the host's power.

The environment is built from scratch, so that nothing of the user's own (above all AWS credentials)
is in it. Absolute paths of commands that would affect the user's machine lead to stand-ins.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from embedded_aws.inherited_environment import WITHOUT_PROXY, passed_on
from embedded_aws.local_instance.description import InstanceDescription
from embedded_aws.local_instance.stand_ins import BASH_ENV_NAME
from embedded_aws.processes import MARKER_VARIABLE

UNIT_VARIABLE = "EMBEDDED_UNIT"
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Launcher:
    """Starts processes of one machine."""

    def __init__(self, machine: InstanceDescription) -> None:
        """Take the machine's environment from its description."""
        self._machine = machine

    @property
    def root(self) -> Path:
        """The folder that stands for "/"."""
        return self._machine.root

    def spawn(
        self,
        command: list[str],
        unit: str,
        environment: Mapping[str, str] | None = None,
        folder: str = "",
        *,
        is_output_shown: bool = True,
        is_error_shown: bool = True,
    ) -> subprocess.Popen[bytes]:
        """Start a command as the leader of a session of its own.

        Args:
            command: the program is looked up among the stand-ins first.
            unit: the service that it belongs to.
            environment: additional variables.
            folder: its working directory; the machine's root when empty.
            is_output_shown: whether its output goes to the console, or only to the journal.
            is_error_shown: the same for its standard error.

        Raises:
            OSError: when it cannot be started.
        """
        full = {**self._environment(), **(environment or {})}
        full[UNIT_VARIABLE] = self.unit_marker(unit)
        with (
            self._machine.console.open("ab") as console,
            self._machine.journal.open("ab") as journal,
        ):
            return subprocess.Popen(
                [self._find(command[0]), *command[1:]],
                cwd=folder or self._machine.root,
                env=full,
                stdin=subprocess.DEVNULL,
                stdout=console if is_output_shown else journal,
                stderr=console if is_error_shown else journal,
                start_new_session=True,
            )

    def unit_marker(self, unit: str) -> str:
        """Return the value that marks all processes of a service."""
        return f"{self._machine.marker}/{unit}"

    def _environment(self) -> dict[str, str]:
        machine = self._machine
        return {
            **passed_on(),
            "PATH": f"{machine.commands}:{_SYSTEM_PATH}",
            "BASH_ENV": str(machine.commands / BASH_ENV_NAME),
            "HOME": str(machine.root / "root"),
            "TMPDIR": str(machine.root / "tmp"),
            "USER": "root",
            "INSTANCE_ROOT": str(machine.root),
            "AWS_ENDPOINT_URL": machine.endpoint_url,
            "AWS_DEFAULT_REGION": machine.region,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": machine.metadata_url,
            **WITHOUT_PROXY,
            # pip works only in a virtual environment that the script makes.
            "PIP_REQUIRE_VIRTUALENV": "1",
            MARKER_VARIABLE: machine.marker,
        }

    def _find(self, program: str) -> str:
        stand_in = self._machine.commands / Path(program).name
        is_system_path = str(Path(program).parent) in (".", *_SYSTEM_PATH.split(":"))
        if is_system_path and stand_in.exists():
            return str(stand_in)
        if "/" in program:
            return program
        for folder in _SYSTEM_PATH.split(":"):
            found = Path(folder) / program
            if os.access(found, os.X_OK):
                return str(found)
        raise FileNotFoundError(f"{program}: command not found")
