"""Says in plain words why requirements could not be installed, where pip's output shows it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

_PYTHON = f"Python {sys.version_info[0]}.{sys.version_info[1]}"
_COMPILER = r"[\w./+-]*(?:gcc|g\+\+|clang|clang\+\+|cc|c\+\+|cl|nvcc|gfortran|rustc|cargo|cmake)"
# The first that matches counts.
_CAUSES = (
    (
        re.compile(r"No space left on device|Errno 28", re.IGNORECASE),
        "the disk is full: give the machine a larger one",
    ),
    (
        re.compile(
            rf"command '{_COMPILER}(?:-\d+)?' failed: No such file"
            rf"|unable to execute '{_COMPILER}'"
            rf"|No such file or directory: '{_COMPILER}'"
            r"|No CMAKE_\w+_COMPILER could be found|Unknown compiler\(s\)"
            r"|can't find Rust compiler|Python\.h: No such file|no acceptable C compiler"
        ),
        f"a package has no wheel for this machine's {_PYTHON} and must be compiled, but the machine"
        " has no compiler for it. Name a version that has a wheel, or an image with the compiler",
    ),
    (
        re.compile(
            r"NameResolutionError|name resolution|NewConnectionError|Network is unreachable"
            r"|ConnectTimeoutError|Failed to establish a new connection|Max retries exceeded",
            re.IGNORECASE,
        ),
        "the package index was not reached: the machine needs a way to it",
    ),
)


def likely_cause(lines: Iterable[str]) -> str:
    """Return the cause that lines of pip's output show, an empty text where they show none."""
    text = "\n".join(lines)
    return next((cause for pattern, cause in _CAUSES if pattern.search(text)), "")
