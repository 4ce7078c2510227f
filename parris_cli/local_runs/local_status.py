"""How a job of this machine stands: from its embedded AWS while that runs, then from its files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from parris.payloads import maybe_text_in, part_of
from parris_cli.aws_errors import AWS_ERRORS
from parris_cli.errors import CommandError
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
    folder = str(run.results) if run.results.is_dir() else None
    shown = replace(run.run, results_uri=folder)
    record = run.record
    cause = run.cause or maybe_text_in(part_of(record, "outcome"), "cause") or ""
    return OneRun(shown, cause, record=record)
