"""The folder of what is expensive to make and the same for every embedded AWS of this user."""

import os
import platform
import sys
from pathlib import Path

CACHE_FOLDER_VARIABLE = "EMBEDDED_AWS_CACHE"


def cache_folder() -> Path:
    """Return the folder that caches what is expensive to build."""
    chosen = os.environ.get(CACHE_FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "embedded-aws"


def host_tag() -> str:
    """Return a string that identifies this machine's Python and platform."""
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    return f"{python}-{sys.platform}-{platform.machine()}"
