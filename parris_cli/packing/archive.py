"""Packs files into an archive that depends on nothing but the files."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
from typing import IO, TYPE_CHECKING, cast

from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris_cli.packing.walk import FoundFile

# ZIP archives, such as wheels that are built from these files, support no earlier time.
_MODIFIED_AT = 315_619_200  # 1980-01-02
_LEVEL = 6


def pack(files: Sequence[FoundFile], target: IO[bytes]) -> str:
    """Write a .tar.gz and return the SHA-256 of its uncompressed content.

    The digest depends on names, contents and executable bits, not on owners, times and links.

    Raises:
        RefusedError: if a file cannot be read, or changes while it is read.
    """
    with gzip.GzipFile("", "wb", _LEVEL, target, mtime=0) as packed:
        hashing = _Hashing(packed)
        with tarfile.open(
            fileobj=cast("IO[bytes]", hashing), mode="w|", format=tarfile.PAX_FORMAT
        ) as archive:
            for one in files:
                _add(archive, one)
    return hashing.digest.hexdigest()


def _add(archive: tarfile.TarFile, one: FoundFile) -> None:
    entry = tarfile.TarInfo(one.name)
    entry.mtime = _MODIFIED_AT
    entry.mode = 0o755 if one.is_executable else 0o644
    try:
        with one.path.open("rb") as body:
            entry.size = body.seek(0, 2)
            body.seek(0)
            archive.addfile(entry, body)
    except OSError as err:
        raise RefusedError(f"{one.path}: cannot be packed: {err.strerror or err}") from err


class _Hashing:
    """Writes into a file, and computes the digest of what is written."""

    def __init__(self, target: IO[bytes] | gzip.GzipFile) -> None:
        self._target = target
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._target.write(data)
