"""The description of one host's container, from which its supervisor starts."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from embedded_aws.private_files import open_private


@dataclass(frozen=True, slots=True)
class ContainerDescription:
    """One container. `marker` is in the environment of each of its processes.

    `mounted` is the folder that is mounted on /opt/ml; empty if nothing is. `hosts_file` is then in
    the place of /etc/hosts. `failure` is the file
    whose text becomes the job's FailureReason. `is_forwarded`: SIGTERM goes to the whole process
    group, not only to the entry. `stop_command` is run instead of a signal, until it succeeds;
    `end_commands` are run once the entry has ended.
    """

    marker: str
    command: list[str]
    environment: dict[str, str]
    working_folder: str
    log: str
    failure: str
    mounted: str = ""
    hosts_file: str = ""
    is_forwarded: bool = False
    stop_command: list[str] = field(default_factory=list)
    end_commands: list[list[str]] = field(default_factory=list)

    def save(self, path: Path) -> None:
        """Write it to a file that only this user can read: the environment has credentials."""
        with os.fdopen(open_private(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "w") as file:
            json.dump(asdict(self), file)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return what `save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))
