"""Downloads one file: first into a partial file, which a later attempt resumes."""

from __future__ import annotations

import hashlib
import os
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import (
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    ResponseStreamingError,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)
from urllib3.exceptions import HTTPError

from parris.aws.translate_errors import code_of
from parris_cli.downloads.local_names import LONGEST_PART_BYTES
from parris_cli.errors import CommandError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from mypy_boto3_s3 import S3Client

    from parris_cli.downloads.stored_files import StoredFile

_PART = ".part"
_CHUNK_BYTES = 256 * 1024
_TRIES = 5
_FIRST_PAUSE_SECONDS = 0.5
_BROKEN_CONNECTION = (
    BotoConnectionError,
    HTTPClientError,
    HTTPError,
    IncompleteReadError,
    ResponseStreamingError,
)
_CHANGED = ("PreconditionFailed", "InvalidRange", "412", "416")


class NotPlacedError(CommandError):
    """This file cannot be stored where it belongs; the message says why."""


class CancelledError(Exception):
    """The download was cancelled."""


class BrokenConnectionError(CommandError):
    """The connection broke repeatedly."""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Downloads files into one folder.

    Args:
        client: S3.
        root: the folder; nothing is written outside it.
        cancelled: set to cancel all downloads.
        count_bytes: called with the length of every piece received.
    """

    client: S3Client
    root: Path
    cancelled: threading.Event
    count_bytes: Callable[[int], None]

    def fetch(self, stored: StoredFile, place: str) -> bool:
        """Download a file, and return False if it was here already.

        Args:
            stored: what to download.
            place: the destination, relative to the folder.

        Raises:
            NotPlacedError: when something in the folder prevents it.
            CancelledError: when the download was cancelled.
            BrokenConnectionError: when the connection broke repeatedly.
            OSError, ClientError: as they come.
        """
        path = self.root / place
        _require_inside(self.root, path)
        if path.is_dir() and not path.is_symlink():
            raise NotPlacedError(f"{path} already exists as a folder")
        if _is_here(path, stored):
            self.count_bytes(stored.size_bytes)
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(part_name(path.name, stored.etag))
        modified_at_seconds = self._fill(part, stored)
        os.utime(part, (modified_at_seconds, modified_at_seconds))
        # An existing link is replaced, not followed.
        os.replace(part, path)
        return True

    def _fill(self, part: Path, stored: StoredFile) -> float:
        """Complete the partial file, and return when the object was last modified."""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(part, flags, 0o666), "r+b") as file:
            if file.seek(0, os.SEEK_END) > stored.size_bytes:
                file.truncate(0)
            self.count_bytes(file.seek(0, os.SEEK_END))
            is_changed, pause_seconds, broken = False, _FIRST_PAUSE_SECONDS, ""
            for _ in range(_TRIES):
                try:
                    return self._receive(file, stored, is_changed)
                except _BROKEN_CONNECTION as err:
                    broken = str(err)
                    if self.cancelled.wait(pause_seconds):
                        raise CancelledError from err
                    pause_seconds *= 2
                except ClientError as err:
                    if code_of(err) not in _CHANGED or is_changed:
                        raise
                    is_changed, broken = True, str(err)
            raise BrokenConnectionError(
                f"the download of {stored.key} failed {_TRIES} times: {broken}"
            )

    def _receive(self, file: BinaryIO, stored: StoredFile, is_changed: bool) -> float:
        """Receive what the partial file lacks; all of it if the object was replaced meanwhile."""
        have_bytes = file.seek(0, os.SEEK_END)
        if is_changed:
            self.count_bytes(-have_bytes)
            have_bytes = file.seek(0)
            file.truncate()
            response = self.client.get_object(Bucket=stored.bucket, Key=stored.key)
        elif have_bytes == stored.size_bytes and stored.size_bytes:
            return stored.modified_at.timestamp()
        else:
            response = self.client.get_object(
                Bucket=stored.bucket,
                Key=stored.key,
                IfMatch=stored.etag,
                **({"Range": f"bytes={have_bytes}-"} if have_bytes else {}),  # type: ignore[arg-type]
            )
        whole_bytes = have_bytes + response["ContentLength"]
        with closing(response["Body"]) as body:
            while chunk := body.read(_CHUNK_BYTES):
                if self.cancelled.is_set():
                    raise CancelledError
                file.write(chunk)
                self.count_bytes(len(chunk))
        if file.tell() != whole_bytes:
            raise IncompleteReadError(actual_bytes=file.tell(), expected_bytes=whole_bytes)
        return response["LastModified"].timestamp()


def part_name(name: str, etag: str) -> str:
    """Return the name of a partial file, which differs for each content."""
    version = hashlib.sha256(etag.encode()).hexdigest()[:8]
    end = f".{version}{_PART}"
    start = name.encode()[: LONGEST_PART_BYTES - len(end)].decode(errors="ignore")
    return start + end


def _require_inside(root: Path, path: Path) -> None:
    """Raise if a link in the folder leads the path out of it.

    Raises:
        NotPlacedError: when one does.
    """
    inside = root.resolve()
    folder = root
    for part in path.relative_to(root).parts[:-1]:
        folder = folder / part
        if folder.is_symlink() and not folder.resolve().is_relative_to(inside):
            raise NotPlacedError(f"{folder} is a link to a place outside the folder")


def _is_here(path: Path, stored: StoredFile) -> bool:
    """Return whether the file was downloaded before: it has the same size and timestamp."""
    if path.is_symlink() or not path.is_file():
        return False
    found = path.stat()
    is_same_time = int(found.st_mtime) == int(stored.modified_at.timestamp())
    return found.st_size == stored.size_bytes and is_same_time
