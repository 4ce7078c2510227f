"""Reads the files that a job's runner writes to the training bucket, on any target."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING

from parris.aws.machine_notes import on_noted_machine
from parris.liveness import SignsOfLife
from parris.runner_object import object_in
from parris.termination.exit_report import EndedBy, ExitReport
from parris.termination.metrics import metrics_in

if TYPE_CHECKING:
    from parris.aws.bucket import Bucket
    from parris.folder import JobFolder
    from parris.job import Job
    from parris.payloads import Payload


def read_exit_report(bucket: Bucket, key: str) -> ExitReport | None:
    """Return the exit report with this key, or None if there is none yet.

    An invalid report counts as none: a script can write anything there, which must not prevent the
    end of its machine.
    """
    body = bucket.read(key)
    try:
        return None if body is None else ExitReport.from_payload(json.loads(body))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None


class RunnerReports:
    """The files of one job's runner, as of one check: the exit report is read once."""

    def __init__(self, bucket: Bucket, job: Job) -> None:
        self._bucket = bucket
        self._job = job

    @cached_property
    def _folder(self) -> JobFolder:
        return on_noted_machine(self._job, self._bucket).folder

    def exit_report(self) -> ExitReport | None:
        """Return the exit report, or None if there was none yet at the first call."""
        return self._exit_report

    @cached_property
    def _exit_report(self) -> ExitReport | None:
        return read_exit_report(self._bucket, self._folder.exit_key)

    def signs_of_life(self, report: ExitReport | None) -> SignsOfLife:
        """Return the signs of life that the runner has written, including its exit report."""
        if report is not None and report.is_final and report.ended_by is not EndedBy.SIGNAL:
            # Its report says how the job ended. After a shutdown from outside, which another part
            # of the machine may hold up, the heartbeat still counts.
            return SignsOfLife()
        folder, written_at = self._folder, self._bucket.written_at
        heartbeat_at = written_at(folder.heartbeat_key)
        has_started = report is not None or heartbeat_at is not None
        # The first heartbeat may have been lost.
        has_started = has_started or written_at(folder.started_key) is not None
        return SignsOfLife(has_started=has_started, heartbeat_at=heartbeat_at)

    def last_metrics(self, report: ExitReport | None) -> Payload:
        """Return the last metrics, from the exit report or else from a heartbeat."""
        if report is not None:
            return report.metrics
        return metrics_in(object_in(self._bucket.read(self._folder.heartbeat_key)))

    def are_results_saved(self) -> bool:
        """Return whether the runner has finished and verified all results in the bucket."""
        report = self.exit_report()
        return report is not None and report.are_results_saved

    def holds_unsaved_results(self) -> bool:
        """Return whether the machine's disk may hold results that are nowhere else."""
        report = self.exit_report()
        if report is None:
            return self._bucket.read(self._folder.started_key) is not None
        return not report.are_results_saved
