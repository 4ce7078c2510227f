"""Builds a folder once, even if several processes build it at the same time."""

import os
from collections.abc import Callable
from pathlib import Path

from embedded_aws.owned_folder import owned_folder, sweep


def build_once(target: Path, build: Callable[[Path], object]) -> Path:
    """Return the complete folder; if it is missing, `build` makes it under another name first.

    Args:
        target: the folder.
        build: makes the folder at the given path, which does not exist yet.
    """
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target.parent)
    with owned_folder(target.parent) as scratch:
        building = scratch / "building"
        build(building)
        try:
            os.rename(building, target)
        except OSError:
            if not target.is_dir():  # else another process was faster, with the same content
                raise
    return target
