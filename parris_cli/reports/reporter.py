"""Reports on a job that has ended, or that is no longer followed."""

from __future__ import annotations

import dataclasses
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from parris.termination.outcome import UNVERIFIED
from parris_cli.aws_errors import describe_error
from parris_cli.downloads.download import INTERRUPTED, Download, download_results
from parris_cli.downloads.job_places import LOG, JobPlaces, find_places
from parris_cli.errors import InterruptedByUserError
from parris_cli.formatting import counted
from parris_cli.reports.job_end import End
from parris_cli.reports.leftovers import find_known_leftovers
from parris_cli.reports.limits import limit_uses
from parris_cli.reports.next_steps import NO_STEPS, NextSteps, next_steps
from parris_cli.reports.report import Report

if TYPE_CHECKING:
    from datetime import datetime

    from parris_cli.account.clients import Account
    from parris_cli.following.job_progress import JobProgress
    from parris_cli.reports.leftovers import Leftover
    from parris_cli.starting.start_job import StartedJob
    from parris_cli.terminal.screen import Screen

_GOES_ON = "the job keeps running and ends as its config says"
_GONE_WITH_IT = "the embedded AWS was shut down, and everything of the job with it"


class Reporter:
    """Reports on one job, however little AWS still shows and however often it is interrupted.

    Args:
        account: the account that the job runs or ran in.
        started: the job.
        progress: what is known of it.
        screen: shows the download.
        deployment: the deployment that the user named; None if the command finds it by itself.
        results: the folder for its results; None for `results/<job-id>`.
    """

    def __init__(
        self,
        account: Account,
        started: StartedJob,
        progress: JobProgress,
        screen: Screen,
        deployment: str | None,
        results: Path | None,
    ) -> None:
        self._account, self._started, self._progress = account, started, progress
        self._screen, self._deployment, self._results = screen, deployment, results

    def over(self, end: End, *, is_downloading: bool = True) -> Report:
        """Report on a job that has ended, after downloading its results.

        Args:
            end: how it ended.
            is_downloading: download its results; else the report says how to.
        """
        folder = self._results or default_folder(self._started.job_id)
        download = None
        if end.job_prefix is not None:
            download = self._download(end, folder) if is_downloading else None
            if download is None:
                uri = JobPlaces(
                    self._account.deployment.bucket, end.job_prefix, end.job_prefix
                ).results_uri
                download = Download(folder, uri, problem=INTERRUPTED)
        if self._account.is_embedded:
            end = dataclasses.replace(end, cause=cause_in_embedded_aws(end.cause))
        left, left_unknown = self._left()
        return Report(
            job_id=self._started.job_id,
            execution_arn=self._started.execution_arn,
            end=end,
            results_folder=str(folder) if folder.is_dir() else None,
            result_count=download.count if download is not None else 0,
            left_running=left,
            left_unknown=left_unknown,
            download=download,
            limits=tuple(limit_uses(self._progress.job, end.outcome, end.script_ended_at)),
            goes_on=False,
            next_steps=self._steps_after(end, download),
            notes=(
                *self._progress.notes.values(),
                *self._hidden_lines(download),
                *([end.problem] if end.problem else []),
            ),
        )

    def unfinished(
        self, cause: str, now: datetime, status: str, *, goes_on: bool | None = True
    ) -> Report:
        """Report on a job that is no longer followed.

        Args:
            cause: why.
            now: the time up to which its time and cost are counted.
            status: the status to report.
            goes_on: whether it is still running, None if that is unknown.
        """
        if self._account.is_embedded:
            # An embedded AWS shuts down with everything in it.
            cause, goes_on = f"{cause}; {_GONE_WITH_IT}", False
        elif goes_on:
            cause = f"{cause}; {_GOES_ON}"
        left, left_unknown = ([], "") if self._account.is_embedded else self._left()
        so_far = self._progress.outcome_so_far(now)
        count = self._progress.history.event_count
        return Report(
            job_id=self._started.job_id,
            execution_arn=self._started.execution_arn,
            end=End(status, None, cause, so_far, None, count, is_outcome_unknown=not so_far),
            results_folder=None,
            result_count=0,
            left_running=left,
            left_unknown=left_unknown,
            goes_on=goes_on,
            next_steps=self._next_steps(is_running=True),
            notes=tuple(self._progress.notes.values()),
        )

    def _download(self, end: End, folder: Path) -> Download | None:
        prefix = end.job_prefix or ""
        try:
            places = find_places(self._account, prefix, end.outcome)
        except InterruptedByUserError:
            return None
        except Exception as err:  # whatever it is, the rest of the report must be made
            places = JobPlaces(self._account.deployment.bucket, prefix, prefix)
            return Download(folder, places.results_uri, problem=describe_error(err))
        return download_results(self._account, places, folder, self._screen)

    def _hidden_lines(self, download: Download | None) -> list[str]:
        """Return how many lines of the log were not shown, and where they are."""
        count = self._progress.log.hidden_count if self._progress.log is not None else 0
        if not count or download is None:
            return []
        here = download.folder / LOG
        where = here if here.is_file() else f"{download.uri.removesuffix('results/')}{LOG}"
        return [f"{counted(count, 'line')} of the log not shown; all of it is in {where}"]

    def _left(self) -> tuple[list[Leftover], str]:
        # None while nothing is known of the job: it may have been refused.
        target = None if self._progress.job is None else self._progress.job.target
        try:
            return find_known_leftovers(self._account, self._started.execution_arn, target)
        except InterruptedByUserError:
            return [], INTERRUPTED

    def _steps_after(self, end: End, download: Download | None) -> NextSteps:
        if end.job_prefix is None:
            return NO_STEPS
        job_id = self._started.job_id
        if self._account.is_embedded:
            return NextSteps(report=f"parris report {shlex.quote(job_id)} --embedded")
        steps = self._next_steps(is_running=False)
        is_fetched = download is None or download.is_complete
        return NextSteps(report=steps.report) if is_fetched else steps

    def _next_steps(self, *, is_running: bool) -> NextSteps:
        if self._account.is_embedded:
            return NO_STEPS
        job_id = self._started.job_id
        return next_steps(job_id, self._deployment, self._results, is_running=is_running)


def cause_in_embedded_aws(cause: str) -> str:
    """Return the cause without advice about what is kept, because nothing is."""
    why, kept, _ = cause.partition(UNVERIFIED)
    return f"{why}{kept}on AWS they would be kept; here nothing is" if kept else cause


def default_folder(job_id: str) -> Path:
    """Return the default folder for a job's results."""
    return Path("results") / job_id
