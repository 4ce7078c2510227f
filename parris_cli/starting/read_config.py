"""Reads a config from the person's own disk: JSON, or YAML by its suffix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.near_names import nearest_name
from parris.validation.read_json import (
    MOST_FILE_BYTES,
    YAML_SUFFIXES,
    JsonTextError,
    read_json_object,
)
from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from parris.payloads import Payload


def read_object(path: Path) -> Payload:
    """Return the object that a config file holds.

    Raises:
        RefusedError: when there is none.
    """
    body = read_bytes(path)
    if len(body) > MOST_FILE_BYTES:
        raise RefusedError(f"{path}: {len(body)} bytes; a config has {MOST_FILE_BYTES} at most")
    if body.startswith(b"#!"):
        raise RefusedError(f"{path}: begins as a script does (#!), but its name is a config's")
    try:
        if path.suffix.lower() in YAML_SUFFIXES:
            from parris_cli.starting.read_yaml import read_yaml_object

            return read_yaml_object(body)
        return read_json_object(body)
    except JsonTextError as err:
        kind = "YAML" if path.suffix.lower() in YAML_SUFFIXES else "JSON"
        raise RefusedError(f"{path}: not valid {kind}: {err}") from None


def meant_file(path: Path) -> str:
    """Return a question whether a file beside it was meant, empty if no name is like its own."""
    try:
        beside = [one.name for one in path.parent.iterdir() if one.is_file()]
    except OSError:
        return ""
    nearest = nearest_name(path.name, beside)
    return "" if nearest is None else f"; did you mean {path.with_name(nearest)}?"


def read_bytes(path: Path) -> bytes:
    """Return what is in a file.

    Raises:
        RefusedError: when it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise RefusedError(f"{path}: no such config file or script{meant_file(path)}") from None
    except IsADirectoryError:
        raise RefusedError(f"{path}: is a folder, expected a config file or a script") from None
    except (OSError, ValueError) as err:
        words = getattr(err, "strerror", None) or str(err)
        raise RefusedError(f"{path}: cannot be read: {words}") from None
