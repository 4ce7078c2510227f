"""Prints the pins of a file that this Python's environment does not have at their version."""

import importlib.metadata
import sys
from pathlib import Path


def missing_pins(lines: list[str]) -> list[str]:
    """Return those of the lines `name==version` that are not installed so."""
    pins = [line for line in lines if line and not line.startswith("#")]
    return [line for line in pins if not _is_installed(*line.split("=="))]


def _is_installed(name: str, version: str) -> bool:
    try:
        return importlib.metadata.version(name) == version
    except importlib.metadata.PackageNotFoundError:
        return False


if __name__ == "__main__":
    print("\n".join(missing_pins(Path(sys.argv[1]).read_text().splitlines())))
