"""Checks a script config before it is uploaded: a deployment cannot read YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.validation.read_json import YAML_SUFFIXES
from parris_cli.errors import RefusedError
from parris_cli.starting.read_config import read_bytes

if TYPE_CHECKING:
    from pathlib import Path


def check_script_config(path: Path) -> None:
    """Refuse YAML that no script could read. The deployment checks JSON.

    Raises:
        RefusedError: with the line.
    """
    if path.suffix.lower() not in YAML_SUFFIXES:
        return
    # Imported here: most jobs have no script config.
    import yaml

    try:
        # Only its form: what its words mean is for the script to say.
        yaml.compose(read_bytes(path), Loader=yaml.SafeLoader)
    except yaml.YAMLError as err:
        raise RefusedError(f"{path}: not valid YAML: {' '.join(str(err).split())}") from None
