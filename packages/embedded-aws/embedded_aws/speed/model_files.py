"""Reads botocore's and moto's data as Python's own binary data, written when a file is first read.

A process with an embedded AWS reads the models of some twenty services, and all instance types.
Unpacking and parsing them as JSON takes 0.4 s, reading this data a quarter of that. Descriptions of
services are left out.
"""

import hashlib
import json
import marshal
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from botocore.loaders import JSONFileLoader

from embedded_aws.cache_folder import NoCacheFolderError, cache_folder
from embedded_aws.checked_files import read_checked, write_checked
from embedded_aws.private_files import PRIVATE_FOLDER, NotPrivateError, require_own

# Smaller files are read as fast as they are.
_LEAST_BYTES = 4096
_MODEL, _PARTS, _DESCRIPTION = "service-2.", ("operations", "shapes"), "documentation"
_UNREADABLE = (OSError, NotPrivateError, EOFError, ValueError, TypeError)


class QuickFileLoader(JSONFileLoader):
    """Reads the same as botocore's loader of files, in plain dictionaries."""

    def _load_file(self, full_path: str, open_method: Callable[..., Any]) -> Any:
        return read_json_file(full_path, open_method) if os.path.isfile(full_path) else None


def read_json_file(path: str, open_method: Callable[..., Any] = open) -> Any:
    """Return the content of a file, new objects each time.

    Args:
        path: the file, with its extension.
        open_method: `open` or `gzip.open`.

    Raises:
        OSError: when it does not exist.
    """
    kept = _place_of(path, os.stat(path))
    if kept is None:
        return _read_json(path, open_method)
    with suppress(*_UNREADABLE):
        require_own(kept.parent)
        return marshal.loads(read_checked(kept))
    data = _read_json(path, open_method)
    if Path(path).name.startswith(_MODEL):
        data |= {part: _without_descriptions(data[part]) for part in _PARTS}
    with suppress(*_UNREADABLE):
        _write(kept, marshal.dumps(data))
    return data


def _place_of(path: str, found: os.stat_result) -> Path | None:
    """Return where a file's data is kept; None if it is not."""
    if found.st_size < _LEAST_BYTES:
        return None
    facts = (path, found.st_mtime_ns, found.st_size, marshal.version, sys.version)
    try:
        return cache_folder() / "models" / hashlib.sha256(repr(facts).encode()).hexdigest()
    except NoCacheFolderError:
        return None


def _read_json(full_path: str, open_method: Callable[..., Any]) -> Any:
    with open_method(full_path, "rb") as file:
        return json.loads(file.read().decode())


def _without_descriptions(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_descriptions(inner)
            for name, inner in value.items()
            # A member of a shape can have that name, too.
            if name != _DESCRIPTION or not isinstance(inner, str)
        }
    if isinstance(value, list):
        return [_without_descriptions(inner) for inner in value]
    return value


def _write(kept: Path, content: bytes) -> None:
    kept.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    require_own(kept.parent)
    write_checked(kept, content)
