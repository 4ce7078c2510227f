"""Whether the file that the command is given is a config or a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.validation.read_json import YAML_SUFFIXES
from parris_cli.errors import RefusedError
from parris_cli.starting.read_config import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

_CONFIG_SUFFIXES = (".json", *YAML_SUFFIXES)
_SCRIPT_SUFFIXES = (".py", ".sh", ".bash")
_OTHERS = {
    ".ipynb": "a notebook; save it as a script first: jupyter nbconvert --to script",
    **dict.fromkeys(
        (".toml", ".ini", ".cfg", ".conf"), "no config that is read here; write JSON or YAML"
    ),
}


def is_script(path: Path) -> bool:
    """Return whether a file is a script; its suffix says so, else its first line.

    Raises:
        RefusedError: when it is neither a script nor a config, or cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix in _CONFIG_SUFFIXES:
        return False
    body = read_bytes(path)
    if suffix in _OTHERS:
        raise RefusedError(f"{path}: {_OTHERS[suffix]}")
    if suffix in _SCRIPT_SUFFIXES or body.startswith(b"#!"):
        return True
    if body.lstrip().startswith(b"{"):
        return False
    raise RefusedError(
        f"{path}: neither a config nor a script by its name and its first line. A config ends in"
        " .json, .yaml or .yml; a script ends in .py or .sh, or begins with #!"
    )
