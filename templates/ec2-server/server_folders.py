"""The folders of jobs on the server's disk, below /var/lib: one for each job, of its user.

systemd makes them below /var/lib/private, where only root comes in, and a link in their place.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from server_job import ServerJob

JOBS_FOLDER = "parris-jobs"
KEPT_SECONDS = 7 * 86400
"""How long results that are not in the bucket stay."""
# As runner.py writes it.
_ALL_IS_SAVED = "complete"


class JobFolders:
    """Reads and removes them.

    Args:
        root: replaces "/" in a simulated machine.
    """

    def __init__(self, root: Path) -> None:
        """Create nothing."""
        self._all = root / "var/lib" / JOBS_FOLDER

    def has_reported(self, job: ServerJob) -> bool:
        """Return whether the job's runner has come to its end."""
        return self._marker(job).exists()

    def with_unsaved_results(self, job: ServerJob) -> Path | None:
        """Return the folder of a job if it has results that are not in the bucket."""
        folder = self._all / job.machine_id
        results = folder / "results"
        if not results.is_dir() or not any(results.iterdir()):
            return None
        marker = self._marker(job)
        is_saved = marker.is_file() and marker.read_text(errors="replace") == _ALL_IS_SAVED
        return None if is_saved else folder

    def remove(self, job: ServerJob) -> None:
        """Remove the folder of a job."""
        _remove(self._all / job.machine_id)

    def remove_old(self) -> None:
        """Remove what was kept long enough."""
        oldest = time.time() - KEPT_SECONDS
        if self._all.is_dir():
            for folder in self._all.iterdir():
                if folder.exists() and folder.stat().st_mtime < oldest:
                    _remove(folder)

    def _marker(self, job: ServerJob) -> Path:
        return self._all / job.machine_id / "ended"


def _remove(folder: Path) -> None:
    shutil.rmtree(folder.resolve(), ignore_errors=True)
    if folder.is_symlink():
        folder.unlink()
