"""The folder that stores an account: one file, written atomically, and a lock while it is used.

Imports no moto, so that a folder that cannot be used is reported at once.
"""

import fcntl
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from embedded_aws.private_files import (
    PRIVATE_FOLDER,
    NotPrivateError,
    open_private,
    require_own,
)

_FILE, _LOCK = "account", "lock"
_FORM = "embedded-aws account 4"


class StateFolderError(Exception):
    """The folder cannot be used; the message says why and what to do."""


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Lock a folder for this process.

    Raises:
        StateFolderError: when another embedded AWS uses it, or others may write it.
    """
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        _require_own(folder)
        lock = os.fdopen(open_private(folder / _LOCK, os.O_RDWR | os.O_CREAT), "w")
    except OSError as error:
        raise StateFolderError(f"{folder} cannot be used: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StateFolderError(f"{folder} is in use by another embedded AWS") from error
        yield


def check_folder(folder: Path) -> None:
    """Make sure that an embedded AWS that starts now can use the folder.

    Raises:
        StateFolderError: as `lock_folder` and `read_account` do.
    """
    with lock_folder(folder):
        read_account(folder)


def read_account(folder: Path) -> bytes | None:
    """Return the account of a folder, None if there is none.

    Raises:
        StateFolderError: when it was written by other versions than the installed ones or by
            another user.
    """
    file = folder / _FILE
    if not os.path.lexists(file):
        return None
    _require_own(folder)
    _require_own(file)
    header, _, content = file.read_bytes().partition(b"\n")
    found, expected = _read_header(folder, header), _versions()
    if found != expected:
        raise StateFolderError(
            f"{folder} was written with {_words(found)}, but this is {_words(expected)}."
            " Use another folder, or delete this one"
        )
    return content


def write_account(folder: Path, content: bytes) -> None:
    """Write the account into a folder, completely or not at all."""
    written = folder / f"{_FILE}.new"
    written.unlink(missing_ok=True)
    descriptor = open_private(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    with open(descriptor, "wb") as file:
        file.write(json.dumps(_versions()).encode() + b"\n" + content)
        file.flush()
        os.fsync(file.fileno())
    written.replace(folder / _FILE)


def _read_header(folder: Path, header: bytes) -> dict[str, str]:
    try:
        found = json.loads(header)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise StateFolderError(f"{folder} has no account. Use another folder, or delete this one")
    return {str(name): str(value) for name, value in found.items()}


def _require_own(place: Path) -> None:
    """Raise unless only this user can have written the file."""
    try:
        require_own(place, may_be_link=place.name not in (_FILE, _LOCK))
    except NotPrivateError as error:
        raise StateFolderError(str(error)) from error


def _versions() -> dict[str, str]:
    # The bytes depend on moto's classes and on the byte code of this Python.
    python = ".".join(platform.python_version_tuple()[:2])
    return {"form": _FORM, "moto": version("moto"), "Python": python}


def _words(versions: dict[str, str]) -> str:
    form = versions.get("form", "").rpartition(" ")[2]
    named = {name: number for name, number in versions.items() if name != "form"}
    return ", ".join(f"{name} {number}" for name, number in {**named, "form": form}.items())
