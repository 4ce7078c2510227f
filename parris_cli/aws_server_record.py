"""What a running `parris aws up` leaves for `parris aws env`: its variables, its key among them.

The key is another one for each start, so that it has to be read somewhere: in a file that only the
person who started the server can read, and that goes with the server.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_FOLDER = "servers"
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


@contextmanager
def recorded(cache: Path, port: int, environment: Mapping[str, str]) -> Iterator[None]:
    """Let `read_record` find the variables of a server for as long as the block lasts.

    Raises:
        OSError: when they cannot be written.
    """
    folder = cache / _FOLDER
    folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    if not _is_own(folder):
        raise PermissionError(f"{folder} is not this user's own folder")
    folder.chmod(_PRIVATE_FOLDER)
    place, written = _place(cache, port), folder / f"{port}.{os.getpid()}.new"
    written.unlink(missing_ok=True)
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump({"pid": os.getpid(), "environment": dict(environment)}, file)
    written.replace(place)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            place.unlink()


def read_record(cache: Path, port: int) -> dict[str, str] | None:
    """Return the variables of this person's server at that port, None where there is none."""
    place = _place(cache, port)
    if not _is_own(place):
        return None
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
        os.kill(found["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None  # a server that was killed left it
    environment: dict[str, str] = found["environment"]
    return environment


def _place(cache: Path, port: int) -> Path:
    return cache / _FOLDER / f"{port}.json"


def _is_own(place: Path) -> bool:
    try:
        return place.lstat().st_uid == os.geteuid()
    except OSError:
        return False
