"""The program of the service that runs on each server, as one archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.targets.runner_files import runner_archive

if TYPE_CHECKING:
    from pathlib import Path


def service_archive(layers_root: Path) -> bytes:
    """Return the modules of the service, and those of the runner that it uses, as a ZIP archive.

    The bytes are the same for the same modules.
    """
    return runner_archive(layers_root / "ec2-server", layers_root / "runner")
