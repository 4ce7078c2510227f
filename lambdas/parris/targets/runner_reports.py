"""What a job's runner has written into the training bucket, the same on every target."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING

from parris.aws.machine_notes import on_noted_machine
from parris.liveness import SignsOfLife
from parris.termination.exit_report import ExitReport

if TYPE_CHECKING:
    from parris.aws.bucket import Bucket
    from parris.folder import JobFolder
    from parris.job import Job


class RunnerReports:
    """Reads what the runner of one job writes. Writes nothing."""

    def __init__(self, bucket: Bucket, job: Job) -> None:
        self._bucket = bucket
        self._job = job

    @cached_property
    def _folder(self) -> JobFolder:
        return on_noted_machine(self._job, self._bucket).folder

    def exit_report(self) -> ExitReport | None:
        """Return how the job's own runner ended, None as long as it has not.

        A report that cannot be read counts as none: a script can write anything there, and must not
        keep its machine from being ended by it.
        """
        body = self._bucket.read(self._folder.exit_key)
        try:
            return None if body is None else ExitReport.from_payload(json.loads(body))
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            return None

    def signs_of_life(self, report: ExitReport | None) -> SignsOfLife:
        """Return what the runner has written so far, beside its exit report if there is one."""
        folder, written_at = self._folder, self._bucket.written_at
        heartbeat_at = written_at(folder.heartbeat_key)
        has_started = report is not None or heartbeat_at is not None
        # The first heartbeat may have been lost.
        has_started = has_started or written_at(folder.started_key) is not None
        return SignsOfLife(has_started=has_started, heartbeat_at=heartbeat_at)

    def are_results_saved(self) -> bool:
        """Return whether the runner is done and has verified that everything is in the bucket."""
        report = self.exit_report()
        return report is not None and report.are_results_saved

    def holds_unsaved_results(self) -> bool:
        """Return whether something is on the machine's disk alone that may be worth keeping."""
        report = self.exit_report()
        if report is None:
            return self._bucket.read(self._folder.started_key) is not None
        return not report.are_results_saved
