"""The folder in which an account is kept: one file, written whole, and a lock while it is used."""

import fcntl
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from embedded_aws.keeping.account_pickle import dump_account, load_account

_FILE, _LOCK = "account", "lock"
_FORM = "embedded-aws account 1"


class StateFolderError(Exception):
    """The folder cannot be used; the message says why and what to do."""


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold a folder for this process alone.

    Raises:
        StateFolderError: when another embedded AWS uses it, or it is none.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("w")
    except OSError as error:
        raise StateFolderError(f"{folder} cannot be used: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StateFolderError(f"{folder} is in use by another embedded AWS") from error
        yield


def load_state(folder: Path) -> bool:
    """Put the account of a folder back and return whether there was one.

    Raises:
        StateFolderError: when it was written by other versions than the installed ones.
    """
    file = folder / _FILE
    if not file.exists():
        return False
    header, _, content = file.read_bytes().partition(b"\n")
    found, expected = json.loads(header), _versions()
    if found != expected:
        raise StateFolderError(
            f"{folder} was written with {_words(found)}, and this is {_words(expected)}."
            " Use another folder, or delete this one"
        )
    load_account(content)
    return True


def save_state(folder: Path) -> None:
    """Write the account into a folder, whole or not at all."""
    written = folder / f"{_FILE}.new"
    with written.open("wb") as file:
        file.write(json.dumps(_versions()).encode() + b"\n" + dump_account())
        file.flush()
        os.fsync(file.fileno())
    written.replace(folder / _FILE)


def _versions() -> dict[str, str]:
    # What the bytes depend on: moto's classes, and the byte code of this Python.
    python = ".".join(platform.python_version_tuple()[:2])
    return {"form": _FORM, "moto": version("moto"), "Python": python}


def _words(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions.items() if name != "form")
