"""Which program this is, and which one the deployment has."""

from __future__ import annotations

import hashlib
from pathlib import Path

_ARCHIVE, _WANTED = "service.zip", "wanted-program"


class Program:
    """The program of this service.

    Args:
        folder: the service's, with the archive that it was started from.
    """

    def __init__(self, folder: Path) -> None:
        """Read the archive."""
        self.digest = hashlib.sha256((folder / _ARCHIVE).read_bytes()).hexdigest()
        self._wanted = folder / _WANTED

    def is_to_be_replaced_by(self, wanted: str) -> bool:
        """Return whether to end, so that the service fetches the deployment's program.

        Once for each program: one that cannot be fetched must not keep the server from its jobs.
        """
        if wanted in ("", self.digest) or self._read_wanted() == wanted:
            return False
        self._wanted.write_text(wanted, encoding="ascii")
        return True

    def _read_wanted(self) -> str:
        try:
            return self._wanted.read_text(encoding="ascii")
        except FileNotFoundError:
            return ""
