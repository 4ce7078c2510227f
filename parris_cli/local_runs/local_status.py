"""How a job of this machine stands: from its embedded AWS while that runs, then from its files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from parris_cli.aws_errors import AWS_ERRORS
from parris_cli.errors import CommandError
from parris_cli.local_runs.kept_timeline import path_in, transitions_in
from parris_cli.local_runs.reach import account_of
from parris_cli.runs.one_run import OneRun, read_one_run

if TYPE_CHECKING:
    from parris_cli.local_runs.local_run import LocalRun


def status_of_local(run: LocalRun) -> OneRun:
    """Return what is known of a job of this machine."""
    account = account_of(run)
    if account is not None:
        try:
            return read_one_run(account, run.job_id, datetime.now(UTC))
        except (*AWS_ERRORS, CommandError):
            pass  # it has ended meanwhile
    return one_from_files(run)


def one_from_files(run: LocalRun) -> OneRun:
    """Return what a job has left here."""
    folder = str(run.folder) if run.folder.is_dir() else None
    return OneRun(
        replace(run.run, results_uri=folder),
        run.why,
        path_in(run.timeline),
        run.record,
        transitions=transitions_in(run.timeline),
    )
