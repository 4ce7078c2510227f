"""Unpacks the job's code archive into the script's working directory.

Nothing in an archive is trusted, because users make them. An entry outside the folder, or content
beyond the limits, ends the job before its script starts.
"""

from __future__ import annotations

import os
import posixpath
import shutil
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

from runner_wording import counted, named

MOST_ENTRIES = 100_000
MOST_BYTES = 4 * 1024**3
_PIECE_BYTES = 1024 * 1024


class CodeInvalidError(Exception):
    """The archive cannot be used. The message says why."""


def unpack_code(archive: Path, folder: Path, should_stop: Callable[[], bool]) -> str:
    """Unpack a tar archive, gzip-compressed or not, and return a summary of its content.

    Of a file's mode only the executable bit is kept. Symbolic links are created last, so that no
    file is written through one.

    Args:
        archive: the file.
        folder: the destination; existing files are overwritten.
        should_stop: called for every entry; True ends the unpacking.

    Raises:
        CodeInvalidError: if it is not an archive, has a forbidden entry, or is too large.
    """
    try:
        with tarfile.open(archive, "r:*") as opened:
            return _Unpacking(folder).run(opened, should_stop)
    except (tarfile.TarError, EOFError, zlib.error, UnicodeError) as error:
        raise CodeInvalidError(f"the code archive is damaged: {error}") from error
    except OSError as error:
        raise CodeInvalidError(f"the code archive cannot be unpacked: {error}") from error


class _Unpacking:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = 0
        self._bytes = 0
        self._links: list[tuple[Path, str, str]] = []

    def run(self, opened: tarfile.TarFile, should_stop: Callable[[], bool]) -> str:
        for count, entry in enumerate(opened, start=1):
            if should_stop():
                break
            if count > MOST_ENTRIES:
                raise CodeInvalidError(f"the code archive has more than {MOST_ENTRIES} entries")
            self._unpack(opened, entry)
        self._make_links()
        return f"{counted(self._files, 'file')}, {counted(self._bytes, 'byte')}"

    def _unpack(self, opened: tarfile.TarFile, entry: tarfile.TarInfo) -> None:
        place = self._place_of(entry.name)
        if entry.isdir():
            place.mkdir(parents=True, exist_ok=True)
            return
        if place == self._folder:
            raise CodeInvalidError(f"the code archive has an entry without a name: {_shown(entry)}")
        if entry.issym():
            self._links.append((place, entry.linkname, entry.name))
        elif entry.isreg():
            self._write(opened, entry, place)
        elif entry.islnk():
            self._copy(self._place_of(entry.linkname), place, entry)
        else:
            raise CodeInvalidError(f"the code archive has a device or pipe: {_shown(entry)}")

    def _place_of(self, name: str) -> Path:
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if name.startswith("/") or ".." in parts or "\0" in name:
            raise CodeInvalidError(
                f"the code archive has a path that leads out of its folder: {named([name])}"
            )
        return self._folder.joinpath(*parts)

    def _write(self, opened: tarfile.TarFile, entry: tarfile.TarInfo, place: Path) -> None:
        source = opened.extractfile(entry)
        if source is None:
            raise CodeInvalidError(f"the code archive has no content for {_shown(entry)}")
        place.parent.mkdir(parents=True, exist_ok=True)
        with source, place.open("wb") as target:
            for piece in iter(lambda: source.read(_PIECE_BYTES), b""):
                self._count(len(piece))
                target.write(piece)
        self._files += 1
        place.chmod(0o755 if entry.mode & 0o100 else 0o644)

    def _copy(self, source: Path, place: Path, entry: tarfile.TarInfo) -> None:
        """Copy a file of the archive in place of a hard link to it."""
        if not source.is_file():
            raise CodeInvalidError(
                f"the code archive has a hard link to a missing file: {_shown(entry)}"
            )
        self._count(source.stat().st_size)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, place)
        self._files += 1

    def _count(self, size: int) -> None:
        self._bytes += size
        if self._bytes > MOST_BYTES:
            gib = MOST_BYTES // 1024**3
            raise CodeInvalidError(f"the code archive contains more than {gib} GiB; use input-data")

    def _make_links(self) -> None:
        for place, target, name in self._links:
            inside = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
            if target.startswith("/") or inside == ".." or inside.startswith("../"):
                raise CodeInvalidError(
                    f"the code archive has a link that leads out of its folder: {named([name])}"
                )
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.is_symlink() or place.is_file():
                place.unlink()
            place.symlink_to(target)
        # A link may lead through another link, so its target is known only now.
        top = os.path.realpath(self._folder)
        for place, _, name in self._links:
            if not _is_below(os.path.realpath(place), top):
                self._remove_links()
                raise CodeInvalidError(
                    f"the code archive has a link that leads out of its folder: {named([name])}"
                )

    def _remove_links(self) -> None:
        for place, _, _ in self._links:
            if place.is_symlink():
                place.unlink()


def _is_below(path: str, top: str) -> bool:
    return path == top or path.startswith(top + os.sep)


def _shown(entry: tarfile.TarInfo) -> str:
    return named([entry.name])
