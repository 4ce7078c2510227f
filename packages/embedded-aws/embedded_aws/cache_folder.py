"""The folder of what is expensive to make and the same for every embedded AWS of this user."""

import os
import platform
import sys
from pathlib import Path

CACHE_FOLDER_VARIABLE = "EMBEDDED_AWS_CACHE"


class NoCacheFolderError(RuntimeError):
    """This user has no home folder, and no other folder was chosen; the message says what to do."""


def cache_folder() -> Path:
    """Return the folder that caches what is expensive to build.

    Raises:
        NoCacheFolderError: when there is no place for it.
    """
    chosen = os.environ.get(CACHE_FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    if base:
        return Path(base) / "embedded-aws"
    try:
        return Path.home() / ".cache" / "embedded-aws"
    except RuntimeError as err:
        raise NoCacheFolderError(
            "this user has no home folder, in which the embedded AWS keeps what it builds:"
            f" set {CACHE_FOLDER_VARIABLE} to a folder that you can write"
        ) from err


def host_tag() -> str:
    """Return a string that identifies this machine's Python and platform."""
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    return f"{python}-{sys.platform}-{platform.machine()}"
