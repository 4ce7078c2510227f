"""Lists the files of a folder in a fixed order, up to a maximum number."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_DEEPEST_LEVEL = 100


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of a folder. `name` is relative to the folder, with slashes."""

    name: str
    path: Path
    size_bytes: int
    is_executable: bool


@dataclass(slots=True)
class Walk:
    """A walk through a folder. Links are followed, since the script follows them too.

    Circular links, pipes, sockets and broken links are left out; `left_out` has the reasons by
    name.

    Args:
        root: the folder.
        most_entries: the maximum number of files and folders.
        too_many: tells the user what to do if there are more.
        leaves_out: whether a path, relative to the root, is left out without a reason.
    """

    root: Path
    most_entries: int
    too_many: str
    leaves_out: Callable[[str, bool], bool] = lambda name, is_folder: False
    left_out: dict[str, str] = field(default_factory=dict)
    _entries: int = 0

    def files(self) -> Iterator[FoundFile]:
        """Yield the files, sorted by name within each folder.

        Raises:
            RefusedError: if something cannot be read, or there are too many files.
        """
        yield from self._below(self.root, "", (os.path.realpath(self.root),))

    def _below(self, folder: Path, prefix: str, above: tuple[str, ...]) -> Iterator[FoundFile]:
        if len(above) > _DEEPEST_LEVEL:
            top = f"{self.root}: the folders below {prefix.partition('/')[0]!r}"
            raise RefusedError(f"{top} are nested more than {_DEEPEST_LEVEL} levels deep")
        try:
            names = sorted(os.listdir(folder))
        except OSError as err:
            raise RefusedError(f"{folder}: cannot be read: {err.strerror}") from err
        for plain in names:
            name, path = f"{prefix}{plain}", folder / plain
            try:
                status = path.stat()
            except OSError as err:
                if not self.leaves_out(name, False):
                    self.left_out[name] = f"is a broken link: {err.strerror}"
                continue
            is_folder = stat.S_ISDIR(status.st_mode)
            if self.leaves_out(name, is_folder):
                continue
            self._entries += 1
            if self._entries > self.most_entries:
                most = f"more than {self.most_entries} files"
                raise RefusedError(f"{self.root}: {most}, {self.too_many}")
            if is_folder:
                real = os.path.realpath(path)
                if real in above:
                    self.left_out[name] = "is a link to a folder that contains it"
                    continue
                yield from self._below(path, f"{name}/", (*above, real))
            elif stat.S_ISREG(status.st_mode):
                yield _found(name, path, status)
            else:
                self.left_out[name] = "is not a file"


def found_file(name: str, path: Path) -> FoundFile:
    """Return one file of a folder.

    Raises:
        RefusedError: if it cannot be read.
    """
    try:
        return _found(name, path, path.stat())
    except OSError as err:
        raise RefusedError(f"{path}: cannot be read: {err.strerror}") from err


def _found(name: str, path: Path, status: os.stat_result) -> FoundFile:
    if not os.access(path, os.R_OK):
        raise RefusedError(f"{path}: cannot be read: permission denied")
    return FoundFile(name, path, status.st_size, bool(status.st_mode & stat.S_IXUSR))
