"""The files that the command uploads and deploys: those of the clone, or copies in the wheel."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGE = Path(__file__).resolve().parent
# setup.py puts it into a wheel; in a clone the files are next to the package.
_CARRIED = _PACKAGE / "project"
IS_CARRIED = _CARRIED.is_dir()
PROJECT = _CARRIED if IS_CARRIED else _PACKAGE.parent


@contextmanager
def building_folder() -> Iterator[Path]:
    """Yield a folder with the project's files in which SAM can build.

    In a clone that is the clone itself, which keeps its builds. An installed package is not written
    to: it is copied, and the copy is deleted at the end of the block.
    """
    if not IS_CARRIED:
        yield PROJECT
        return
    with tempfile.TemporaryDirectory(prefix="parris-") as folder:
        yield Path(shutil.copytree(PROJECT, Path(folder) / "project"))


def snapshots_folder() -> Path | None:
    """Return where deployed embedded accounts are kept; None if there is no place for them.

    In a clone that is the clone itself, so that `make clean` removes them.
    """
    if not IS_CARRIED:
        return PROJECT / ".snapshots"
    from embedded_aws.cache_folder import NoCacheFolderError, cache_folder

    try:
        return cache_folder() / "snapshots"
    except NoCacheFolderError:
        return None
