"""A copy of this clone, in which a person's commands may build, write and delete."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from embedded_aws.cache_folder import CACHE_FOLDER_VARIABLE, cache_folder
from parris_cli.project_files import PROJECT
from tests.patience import PATIENCE_SECONDS

_LEFT_OUT = (
    *(".git", ".venv", ".aws-sam", ".snapshots", "results"),
    *("__pycache__", "*_cache", "*.egg-info"),
)
_BIN = Path(sys.executable).parent


class CloneCopy:
    """The copy, with a short default job, and a shell that has this Python's programs.

    Args:
        folder: where the copy is made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "clone"
        self._home = folder / "home"
        self._home.mkdir(parents=True)
        ignore = shutil.ignore_patterns(*_LEFT_OUT)
        shutil.copytree(PROJECT, self.folder, ignore=ignore)
        _train_briefly(self.folder / "config" / "training-config.json")
        # The documents write .venv/bin/parris, as it is in a clone.
        (self.folder / ".venv").mkdir()
        (self.folder / ".venv" / "bin").symlink_to(_BIN)

    def environment(self, aws: Mapping[str, str]) -> dict[str, str]:
        """Return what a person's shell has who pasted these variables of an AWS into it."""
        kept = ("PIP_", "SSL_", "REQUESTS_", "LANG", "LC_")
        return {
            **{key: value for key, value in os.environ.items() if key.startswith(kept)},
            "PATH": os.pathsep.join([str(_BIN), "/usr/bin", "/bin"]),
            "HOME": str(self._home),
            # So that `parris` is the copy's.
            "PYTHONPATH": os.pathsep.join([str(self.folder), str(self.folder / "lambdas")]),
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_POLL_DELAY": "0.3",
            CACHE_FOLDER_VARIABLE: str(cache_folder()),
            **aws,
        }

    def run(
        self, script: str, aws: Mapping[str, str], timeout_seconds: float = PATIENCE_SECONDS
    ) -> "subprocess.CompletedProcess[str]":
        """Run a bash script and return what came of it."""
        return subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment(aws),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout_seconds,
            check=False,
        )


def _train_briefly(config: Path) -> None:
    content = json.loads(config.read_text())
    content["hyperparameters"]["epochs"] = 2
    config.write_text(json.dumps(content, indent=2))
