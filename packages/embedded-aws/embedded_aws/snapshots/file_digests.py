"""SHA-256 digests of files, remembered for as long as the file system says that nothing changed.

As in the index of git: a digest holds while a file keeps its size, its inode and both of its
timestamps. A program can set one of the timestamps as it likes, and the system sets the other one
at each change. A file that changed shortly before it was read is not remembered, because it may
change once more within one tick of its file system's clock.
"""

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from embedded_aws.checked_files import read_checked, write_checked
from embedded_aws.clock.machine_time import machine_time
from embedded_aws.private_files import NotPrivateError, require_own

# FAT counts in steps of two seconds, and no file system in longer ones.
_TICK_NS = 2_000_000_000
_NAME = "digests.json"

_State = tuple[int, ...]
_Files = dict[str, tuple[_State, str]]
_Lists = dict[str, list[str]]


class FileDigests:
    """The digests of files, and lists that were made from files with certain digests."""

    def __init__(self, folder: Path) -> None:
        """Read what the last one has kept in a folder; nothing, if others may write that."""
        self._folder = folder
        self._kept = _read(folder)
        self._files: _Files = {}
        self._lists: _Lists = {}

    def of_file(self, path: str) -> str:
        """Return the digest of a file's content, in hexadecimal digits.

        Raises:
            OSError: when it cannot be read.
        """
        # Before it is read: a change from then on gives it other timestamps.
        found = os.stat(path)
        state = (found.st_size, found.st_ino, found.st_dev, found.st_mtime_ns, found.st_ctime_ns)
        kept_state, digest = self._kept[0].get(path, (None, ""))
        if kept_state != state:
            began_at_ns = int(machine_time() * 1e9)
            digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
            if max(found.st_mtime_ns, found.st_ctime_ns) > began_at_ns - _TICK_NS:
                return digest
        self._files[path] = (state, digest)
        return digest

    def list_of(self, digest: str, make: Callable[[], list[str]]) -> list[str]:
        """Return what `make` returns, which the content with that digest alone decides."""
        made = self._kept[1].get(digest)
        self._lists[digest] = make() if made is None else made
        return self._lists[digest]

    def save(self) -> None:
        """Keep what was asked for, unless it is what was kept before."""
        if (self._files, self._lists) != self._kept:
            with suppress(OSError, NotPrivateError):
                require_own(self._folder)
                text = json.dumps([self._files, self._lists])
                write_checked(self._folder / _NAME, text.encode())


def _read(folder: Path) -> tuple[_Files, _Lists]:
    try:
        require_own(folder)
        files, lists = json.loads(read_checked(folder / _NAME))
        return (
            {path: (tuple(state), str(digest)) for path, (state, digest) in files.items()},
            {digest: [str(one) for one in made] for digest, made in lists.items()},
        )
    except (OSError, NotPrivateError, ValueError, TypeError, AttributeError):
        return {}, {}
