"""What the service remembers on the server's disk: the current job, and those that have ended."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

from server_job import ServerJob

_KEPT_NAMES_SECONDS = 30 * 86400


@dataclass(frozen=True)
class CurrentJob:
    """The job that this server has taken.

    `is_started` once its unit may have started, `is_saving` once the runner was started again to
    save what a restart has left. `how` is how it has ended, once nothing of it runs any more, and
    `reason` why it was not started. `port` and `token` are those of its credentials, and stay the
    same when the service starts again.
    """

    job: ServerJob
    token: str
    port: int = 0
    is_started: bool = False
    is_saving: bool = False
    how: str = ""
    reason: str = ""


class ServerState:
    """The files of the service, in a folder that only root can read."""

    def __init__(self, folder: Path) -> None:
        """Create the folder."""
        self.folder = folder
        self._ended = folder / "ended"
        self._ended.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
        self.current = self._read()

    @property
    def runner(self) -> Path:
        """The folder of the runner's modules, which jobs can read."""
        return self.folder / "runner"

    @property
    def environment_file(self) -> Path:
        """The job's variables. One is a secret: the units' own files can be read by every user."""
        return self.folder / "job.env"

    @property
    def deadline_marker(self) -> Path:
        """Exists once the timer of the current job has ended it."""
        return self.folder / "deadline-passed"

    def take(self, job: ServerJob, token: str) -> CurrentJob:
        """Remember a job before anything is done for it."""
        self.deadline_marker.unlink(missing_ok=True)
        return self._remember(CurrentJob(job, token))

    def note(self, **changes: object) -> CurrentJob:
        """Change what is remembered of the current job."""
        if self.current is None:
            raise ValueError("there is no current job")
        return self._remember(replace(self.current, **changes))  # type: ignore[arg-type]

    def end(self, machine_id: str) -> None:
        """Forget the current job, and that it may run."""
        (self._ended / machine_id).touch()
        self.environment_file.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)
        self.current = None
        for old in self._ended.iterdir():
            if old.stat().st_mtime < time.time() - _KEPT_NAMES_SECONDS:
                old.unlink()

    def has_ended(self, machine_id: str) -> bool:
        """Return whether a job has ended here: no job runs a second time."""
        return (self._ended / machine_id).exists()

    def write_private(self, path: Path, text: str) -> None:
        """Write a file of root's, in one step."""
        unfinished = path.with_name(f"{path.name}.new")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        unfinished.replace(path)

    @property
    def _path(self) -> Path:
        return self.folder / "job.json"

    def _remember(self, current: CurrentJob) -> CurrentJob:
        described = {**current.__dict__, "job": current.job.as_json()}
        self.write_private(self._path, json.dumps(described))
        self.current = current
        return current

    def _read(self) -> CurrentJob | None:
        try:
            described = json.loads(self._path.read_text(encoding="utf-8"))
            return CurrentJob(**{**described, "job": ServerJob(**described["job"])})
        except FileNotFoundError:
            return None
