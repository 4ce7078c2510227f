"""Writes the runner's reports to the bucket: log, manifest and exit report.

It does not depend on the disk, which may have failed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from runner_aws import put_text
from runner_clock import iso
from runner_http import AwsError
from runner_job import Job
from runner_log import TrainerLog
from runner_metrics import Metrics
from runner_results import Saved
from runner_s3 import Bucket
from runner_script import ScriptEnd

EXIT_FILE = "exit.json"
METRICS_FILE = "metrics.jsonl"
_LEAST_SECONDS = 2.0
_MANIFEST_FILE = "results-manifest.json"


class Report:
    """Reports the end of a job: first before the results are saved, and again afterwards.

    Args:
        job: the job.
        bucket: the training bucket.
        log: the log of the job.
        log_path: the file of the log.
        metrics: the metrics of the script.
        until: when to give up, in Unix seconds.
    """

    def __init__(
        self,
        job: Job,
        bucket: Bucket,
        log: TrainerLog,
        log_path: Path,
        metrics: Metrics,
        until: Callable[[], float],
    ) -> None:
        """Write nothing yet."""
        self._job = job
        self._bucket = bucket
        self._log = log
        self._log_path = log_path
        self._metrics = metrics
        self._until = until
        self.requirements_seconds: int | None = None
        """How long the installation of the requirements took; None without requirements."""

    def put_start(self) -> None:
        """Report that the runner has started.

        If this fails, results could not be saved either, so the script must not start.

        Raises:
            RuntimeError: if it cannot be written.
        """
        try:
            self._bucket.put(
                self._job.key("started.json"),
                json.dumps({"started_at": iso(time.time())}).encode(),
                self._until,
            )
        except AwsError as error:
            where = self._job.uri("")
            raise RuntimeError(f"nothing can be written to {where}: {error}") from error

    def put_preliminary(self, end: ScriptEnd, ended_at: float, last_lines: list[str]) -> None:
        """Write exit.json and the log before the results are saved, in case the machine fails."""
        self._put(EXIT_FILE, self._describe(end, ended_at, last_lines, Saved(0, 0, False), False))
        self.put_log()

    def put_metrics(self) -> None:
        """Write metrics.jsonl, if the script has printed metrics."""
        with suppress(OSError):
            text = self._metrics.file_text()
            if text:
                self._put(METRICS_FILE, text)

    def put_manifest(self, saved: Saved) -> None:
        """Write results-manifest.json."""
        self._put(_MANIFEST_FILE, saved.manifest())

    def put_final(
        self, end: ScriptEnd, ended_at: float, last_lines: list[str], saved: Saved
    ) -> str:
        """Write the final exit.json, and return why that failed, or an empty string.

        It has to be the last file: its arrival wakes the run, which terminates the machine at once
        if the results are complete.
        """
        text = self._describe(end, ended_at, last_lines, saved, True)
        # Even if it is late: without this report the controller waits and assumes unsaved results.
        least_until = time.time() + _LEAST_SECONDS
        problem = self._put(EXIT_FILE, text, lambda: max(least_until, self._until()))
        if problem and time.time() < self._until():
            # The aws command supports configurations that this runner does not.
            result = put_text(text, self._job.uri(EXIT_FILE), self._until() - time.time())
            problem = "" if result.is_success else problem
        return problem

    def put_log(self) -> str:
        """Write the current log.txt, and return why that failed, or an empty string."""
        body = _LogBody(self._log_path, self._log.tail())
        try:
            self._bucket.put(self._job.key(self._log_path.name), body, self._until)
        except (AwsError, OSError) as error:
            return str(error)
        finally:
            body.close()
        return ""

    def _put(self, name: str, text: str, until: Callable[[], float] | None = None) -> str:
        try:
            self._bucket.put(self._job.key(name), text.encode(), until or self._until)
        except AwsError as error:
            self._log.note(f"{name} could not be written: {error}")
            return str(error)
        return ""

    def _describe(
        self, end: ScriptEnd, ended_at: float, last_lines: list[str], saved: Saved, is_final: bool
    ) -> str:
        return json.dumps(
            {
                "is_final": is_final,
                "exit_status": end.exit_status,
                "signal": end.signal,
                "ended_by": end.ended_by,
                "started_at": None if end.started_at is None else iso(end.started_at),
                "ended_at": iso(ended_at),
                "last_log_lines": last_lines,
                "metrics": self._metrics.last_values(),
                "requirements_seconds": self.requirements_seconds,
                "results": saved.described(),
            }
        )


class _LogBody:
    """The current content of the log's file, followed by the output that is only in memory."""

    def __init__(self, path: Path, tail: bytes) -> None:
        self._descriptor: int | None = None
        self._file_bytes = 0
        with suppress(OSError):
            self._descriptor = os.open(path, os.O_RDONLY)
            self._file_bytes = os.fstat(self._descriptor).st_size
        self._tail = tail
        self._position = 0
        self.length = self._file_bytes + len(tail)

    def rewind(self) -> None:
        self._position = 0

    def read(self, size: int = -1) -> bytes:
        wanted = self.length - self._position if size < 0 else size
        if self._descriptor is not None and self._position < self._file_bytes:
            wanted = min(wanted, self._file_bytes - self._position)
            piece = os.pread(self._descriptor, wanted, self._position)
            if not piece:
                raise OSError("the log file has become shorter")
        else:
            start = self._position - self._file_bytes
            piece = self._tail[start : start + wanted]
        self._position += len(piece)
        return piece

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
