"""A folder that is made once, whoever else is making it at the same moment."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def build_once(target: Path, build: Callable[[Path], object]) -> Path:
    """Return the folder, whole; where it is not there, `build` makes it under another name first.

    Args:
        target: the folder.
        build: makes the folder that it is given, which is not there yet.
    """
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        building = Path(scratch) / "building"
        build(building)
        try:
            os.rename(building, target)
        except OSError:
            if not target.is_dir():  # else another process was quicker, with the same content
                raise
    return target
