"""What a supervisor is told about the machine that it is to be."""

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

_FILENAME = "machine.json"


@dataclass(frozen=True, slots=True)
class InstanceDescription:
    """One machine. `marker` is in the environment of each of its processes.

    `aws_socket` is where a server forks `aws_command`; empty where each call starts it anew.
    `image_commands` are commands of the image's own, each with the shell line that it is.
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
        """Stand-ins for the commands that must not reach the person's own machine."""
        return Path(self.folder) / "bin"

    @property
    def console(self) -> Path:
        """Everything that the machine said, as EC2 shows it."""
        return Path(self.folder) / "console.log"

    @property
    def journal(self) -> Path:
        """What services say that is not for the console."""
        return Path(self.folder) / "journal.log"

    @property
    def user_data(self) -> Path:
        """The script that runs on first boot."""
        return Path(self.folder) / "user-data"

    @property
    def units(self) -> Path:
        """Where unit files are looked for."""
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
    """Return the Python below a virtual environment, so that nothing is installed into that."""
    return getattr(sys, "_base_executable", None) or sys.executable
