"""Private files with a checksum, so that a damaged one is never used."""

import zlib
from collections.abc import Iterable
from pathlib import Path

from embedded_aws.private_files import read_own, write_own

_END = b"\n"


class DamagedError(ValueError):
    """A file is not what was written: after a crash of the machine, for instance."""


def write_checked(place: Path, *parts: bytes) -> None:
    """Write a private file, as a whole or not at all.

    Raises:
        OSError: when it cannot be written.
    """
    write_own(place, _checksum(parts), _END, *parts)


def read_checked(place: Path) -> bytes:
    """Return what `write_checked` has written.

    Raises:
        DamagedError: when the file has another content.
        NotPrivateError: when others may have written it.
        OSError: when it does not exist, is a link, or cannot be read.
    """
    checksum, _, content = read_own(place).partition(_END)
    if checksum != _checksum([content]):
        raise DamagedError(f"{place} is damaged")
    return content


def _checksum(parts: Iterable[bytes]) -> bytes:
    found = 0
    for part in parts:
        found = zlib.crc32(part, found)
    return b"%08x" % found
