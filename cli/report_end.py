"""Puts together what is told about a job that ended, or that is followed no further."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cli.job_end import End
from cli.left_running import find_left_running
from cli.report import Report
from cli.results import download_results

if TYPE_CHECKING:
    from datetime import datetime

    from cli.account import Account
    from cli.job_progress import JobProgress
    from cli.start_job import StartedJob


def report_end(account: Account, started: StartedJob, end: End, results: Path | None) -> Report:
    """Download the results of a job that ended, and report on it.

    Args:
        account: where it ran.
        started: the job.
        end: how it ended.
        results: the folder for its results; `results/<job-id>` where it is None.
    """
    folder = results or Path("results") / started.job_id
    count = download_results(account, end.job_prefix, folder) if end.job_prefix else 0
    return Report(
        job_id=started.job_id,
        execution_arn=started.execution_arn,
        end=end,
        results_folder=str(folder) if folder.is_dir() else None,
        result_count=count,
        left_running=find_left_running(account, started.execution_arn),
    )


def report_unfinished(
    account: Account,
    started: StartedJob,
    progress: JobProgress,
    cause: str,
    now: datetime,
    status: str = "INTERRUPTED",
) -> Report:
    """Report on a job that is followed no further."""
    # An embedded AWS goes with everything in it.
    left = [] if account.is_embedded else find_left_running(account, started.execution_arn)
    so_far = progress.outcome_so_far(now)
    return Report(
        job_id=started.job_id,
        execution_arn=started.execution_arn,
        end=End(status, None, cause, so_far, None, progress.history.event_count),
        results_folder=None,
        result_count=0,
        left_running=left,
    )
