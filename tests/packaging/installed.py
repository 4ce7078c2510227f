"""The `parris` command as it was installed from its wheel."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.patience import PATIENCE_SECONDS


@dataclass(frozen=True, slots=True)
class Installed:
    """Where the command and its packages are, and the environment of who runs it."""

    program: Path
    packages: Path
    environment: dict[str, str]

    def run(
        self, folder: Path, *arguments: str, more: dict[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run the command in a folder."""
        return subprocess.run(
            [self.program, *arguments],
            cwd=folder,
            env={**self.environment, **(more or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
