"""The description of a machine, from which its supervisor starts."""

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

_FILENAME = "machine.json"


@dataclass(frozen=True, slots=True)
class InstanceDescription:
    """One machine. `marker` is in the environment of each of its processes.

    `aws_socket` is the socket of a server that forks `aws_command`; empty if each call starts a new
    process. `image_commands` maps commands of the image to shell lines.
    """

    instance_id: str
    folder: str
    marker: str
    region: str
    endpoint_url: str
    metadata_url: str
    python: str
    aws_command: str
    aws_socket: str
    image_commands: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """The folder that stands for "/"."""
        return Path(self.folder) / "root"

    @property
    def commands(self) -> Path:
        """Stand-ins for commands that must not affect the user's own machine."""
        return Path(self.folder) / "bin"

    @property
    def console(self) -> Path:
        """The machine's console output, as EC2 shows it."""
        return Path(self.folder) / "console.log"

    @property
    def journal(self) -> Path:
        """Output of services that does not go to the console."""
        return Path(self.folder) / "journal.log"

    @property
    def user_data(self) -> Path:
        """The script that runs on first boot."""
        return Path(self.folder) / "user-data"

    @property
    def units(self) -> Path:
        """The folder of unit files."""
        return self.root / "etc" / "systemd" / "system"

    def save(self) -> Path:
        """Write it into the machine's folder and return the file."""
        path = Path(self.folder) / _FILENAME
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")
        return path

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return what `save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def base_python() -> str:
    """Return the Python below a virtual environment, so that nothing is installed into it."""
    return getattr(sys, "_base_executable", None) or sys.executable
