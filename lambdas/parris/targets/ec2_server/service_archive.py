"""The program of the service that runs on each server, as one archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.targets.runner_files import runner_archive

if TYPE_CHECKING:
    from pathlib import Path


def service_archive(layers_root: Path) -> bytes:
    """Return the modules of the service as a ZIP archive, the same bytes for the same modules."""
    return runner_archive(layers_root / "ec2-server")
