"""Finds local input data before the job starts, and names it by its content."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from parris.folder import INPUTS_FOLDER
from parris.wording import first_of
from parris_cli.errors import RefusedError
from parris_cli.packing.ignore_rules import may_be_secret
from parris_cli.packing.walk import FoundFile, Walk, found_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris.payloads import Json, Payload

INPUTS_KEY, CHANNELS_KEY = "input-data", "input-channels"
_URI_KEY = "uri"
MOST_FILES = 100_000

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")
_TOO_MANY = "which takes hours to copy one by one. Pack them into one file, or upload them yourself"
# A key has at most 1,024 bytes, including the prefix, the digest and the folder's name.
_LONGEST_NAME_BYTES = 700
_PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class LocalInput:
    """A local file or folder. `place` is where the config names it: keys, and a list's index."""

    place: tuple[str | int, ...]
    path: Path
    is_folder: bool
    files: tuple[FoundFile, ...]
    notes: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int:
        """Return the size of all files."""
        return sum(one.size_bytes for one in self.files)

    def uri(self, bucket: str, digest: str) -> str:
        """Return the URI that it has, or would have, in a bucket."""
        end = "/" if self.is_folder else ""
        return f"s3://{bucket}/{self.key(digest)}{end}"

    def key(self, digest: str, name: str = "") -> str:
        """Return its key, or the key of one of a folder's files."""
        return "/".join(filter(None, (INPUTS_FOLDER, digest, self.path.name, name)))

    def digest(self) -> str:
        """Return the digest of names and contents.

        Raises:
            RefusedError: if a file cannot be read.
        """
        whole = hashlib.sha256()
        for one in self.files:
            name = one.name.encode(errors="surrogateescape") if self.is_folder else b""
            whole.update(b"%d %s %s\n" % (len(name), name, _digest_of(one.path)))
        return whole.hexdigest()


def plan_inputs(source: Path, config: Payload) -> tuple[LocalInput, ...]:
    """Return the input data that are local paths: those without a scheme such as s3://.

    Entries of `input-data` may be, and channels of `input-channels`.

    Args:
        source: the file that was passed to the command; relative paths start in its folder.
        config: the whole config.

    Raises:
        RefusedError: if a file or folder does not exist or cannot be read.
    """
    return tuple(
        _local_input(place, text, source.parent)
        for place, text in _named(config)
        if isinstance(text, str) and text and "\0" not in text and not _SCHEME.match(text)
    )


def _named(config: Payload) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Yield each place in the config that may name input data, and what is there."""
    listed, channels = config.get(INPUTS_KEY), config.get(CHANNELS_KEY)
    for index, text in enumerate(listed if isinstance(listed, list) else ()):
        yield (INPUTS_KEY, index), text
    for name, channel in (channels if isinstance(channels, dict) else {}).items():
        if name.startswith("_"):
            continue  # a comment
        if isinstance(channel, dict):
            yield (CHANNELS_KEY, name, _URI_KEY), channel.get(_URI_KEY)
        else:
            yield (CHANNELS_KEY, name), channel


def _local_input(place: tuple[str | int, ...], text: str, folder: Path) -> LocalInput:
    named = "/".join(map(str, place))
    path = _absolute(folder / os.path.expanduser(text))
    if path.is_file():
        only = found_file(path.name, path)
        _require_key(only)
        return LocalInput(place, path, False, (only,))
    if not path.is_dir():
        raise RefusedError(
            f"{named}: {text!r} is neither a URI such as s3://bucket/data/ nor a file"
            f" or folder: there is no {path}"
        )
    if not path.name:
        raise RefusedError(f"{named}: {text!r} is the whole disk")
    walk = Walk(path, MOST_FILES, _TOO_MANY)
    secret: list[FoundFile] = []
    kept: list[FoundFile] = []
    for one in walk.files():
        (secret if may_be_secret(one) else kept).append(one)
    _require_key(FoundFile(path.name, path, 0, False))
    for one in kept:
        _require_key(one)
    if not kept:
        what = "only files that may be secrets by their names" if secret else "no files"
        raise RefusedError(f"{named}: {text!r} contains {what}")
    notes = [f"not uploaded: {name!r} in {path} {why}" for name, why in walk.left_out.items()]
    if secret:
        shown = first_of([one.name for one in secret])
        notes.append(f"not uploaded from {path}, since it may be a secret: {shown}")
    return LocalInput(place, path, True, tuple(kept), tuple(notes))


def _absolute(path: Path) -> Path:
    """Return the absolute path with its last name as written, even if that is a link."""
    # Unlike resolve(), realpath accepts circular links.
    if path.name in ("", ".."):
        return Path(os.path.realpath(path))
    return Path(os.path.realpath(path.parent), path.name)


def _require_key(one: FoundFile) -> None:
    """Refuse a file name that cannot be an S3 key, because the script expects this name."""
    is_text = one.name.isprintable()
    if not is_text or len(one.name.encode()) > _LONGEST_NAME_BYTES:
        raise RefusedError(
            f"input data: the name {one.name!a} of a file in {one.path.parent} cannot be a"
            " key of S3. Rename it, or pack the folder into one file"
        )


def _digest_of(path: Path) -> bytes:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as body:
            for piece in iter(lambda: body.read(_PIECE_BYTES), b""):
                digest.update(piece)
    except OSError as err:
        raise RefusedError(f"{path}: cannot be read: {err.strerror}") from err
    return digest.hexdigest().encode()
