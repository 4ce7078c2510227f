"""Files and folders that only this user can have written, and that only this user can read."""

import os
import stat
import uuid
from pathlib import Path

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
UNFINISHED = ".new"
"""The suffix of a file that is being written: whoever kills its process leaves it."""


class NotPrivateError(Exception):
    """A file or folder belongs to another user, or others may write it; the message says which."""


def require_own(place: Path, *, may_be_link: bool = False) -> None:
    """Check a file or folder.

    Raises:
        NotPrivateError: unless only this user can have written it.
        OSError: when it cannot be examined.
    """
    if not may_be_link and stat.S_ISLNK(place.lstat().st_mode):
        raise NotPrivateError(f"{place} is a link, which no embedded AWS has made")
    _require_own(place, place.stat())


def open_private(place: Path, flags: int) -> int:
    """Open a file, which becomes private if it is created, and return its descriptor."""
    descriptor = os.open(place, flags | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE)
    os.fchmod(descriptor, PRIVATE_FILE)
    return descriptor


def read_own(place: Path) -> bytes:
    """Return the content of a file that only this user can have written.

    Raises:
        NotPrivateError: when others may have written it.
        OSError: when it does not exist, is a link, or cannot be read.
    """
    with open(open_own(place), "rb") as file:
        return file.read()


def open_own(place: Path) -> int:
    """Open such a file for reading, and return its descriptor; the errors are the same."""
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        # The opened file is checked: its name could mean another one by now.
        _require_own(place, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def write_own(place: Path, *parts: bytes) -> None:
    """Write a private file, as a whole or not at all.

    Raises:
        OSError: when it cannot be written.
    """
    written = place.with_name(f"{uuid.uuid4().hex}{UNFINISHED}")
    try:
        descriptor = open_private(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with open(descriptor, "wb") as file:
            file.writelines(parts)
        written.replace(place)
    finally:
        written.unlink(missing_ok=True)


def _require_own(place: Path, found: os.stat_result) -> None:
    if found.st_uid != os.geteuid():
        raise NotPrivateError(f"{place} belongs to another user, who controls its content")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise NotPrivateError(f"others may write {place}: run `chmod go-w` on it")
