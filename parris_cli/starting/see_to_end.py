"""Follows a job that was just started to its end, or says how to come back to it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from parris_cli.errors import RefusedError
from parris_cli.following.follow_to_end import INTERRUPTED, NOT_FOLLOWED, follow_to_end
from parris_cli.following.follower import Follower
from parris_cli.following.job_progress import JobProgress
from parris_cli.reports.next_steps import next_steps
from parris_cli.reports.report import EXIT_SUCCEEDED, started_to_json
from parris_cli.reports.reporter import Reporter, default_folder
from parris_cli.terminal.output import print_report

if TYPE_CHECKING:
    from parris_cli.account.clients import Account
    from parris_cli.reports.report import Report
    from parris_cli.starting.begin_job import Begun
    from parris_cli.starting.start_job import StartedJob
    from parris_cli.terminal.interrupts import Interrupts
    from parris_cli.terminal.screen import Screen


@dataclass(frozen=True, slots=True)
class Following:
    """How a started job is followed. With `is_detached` it is not.

    `deployment` is None if the command finds it by itself, `results` for the default folder.
    """

    deployment: str | None
    results: Path | None
    is_json: bool
    is_verbose: bool
    is_detached: bool = False


def refuse_results_file(folder: Path | None) -> None:
    """Refuse a file where a folder for results is wanted.

    Raises:
        RefusedError: if it is one.
    """
    if folder is not None and folder.exists() and not folder.is_dir():
        raise RefusedError(f"--results {folder}: is a file, expected a folder")


def see_to_end(
    account: Account,
    begun: Begun,
    name: str,
    following: Following,
    screen: Screen,
    interrupts: Interrupts,
) -> int:
    """Follow a started job to its end, report on it, and return the command's exit code.

    Args:
        account: the account that it runs in.
        begun: the job.
        name: its training-job-name.
        following: how it is followed.
        screen: shows it.
        interrupts: the user's signals.
    """
    if following.is_detached and not begun.doubt:
        return _leave(following, begun.started, screen)
    _warn_of_unwritable_results(following.results or default_folder(begun.started.job_id), screen)
    report = _follow(account, begun, name, following, screen, interrupts)
    text = report.to_text(account.is_embedded, is_verbose=following.is_verbose)
    print_report(report.to_json(), text, screen, is_json=following.is_json, style=report.style)
    return report.exit_code


def _leave(following: Following, started: StartedJob, screen: Screen) -> int:
    steps = next_steps(started.job_id, following.deployment, following.results, is_running=True)
    text = "\n".join([f"{started.job_id} was started", *steps.lines()])
    value = started_to_json(started.job_id, started.execution_arn, steps)
    print_report(value, text, screen, is_json=following.is_json)
    return EXIT_SUCCEEDED


def _follow(
    account: Account,
    begun: Begun,
    name: str,
    following: Following,
    screen: Screen,
    interrupts: Interrupts,
) -> Report:
    started = begun.started
    progress = JobProgress(account, started, screen, name)
    reporter = Reporter(account, started, progress, screen, following.deployment, following.results)
    if begun.doubt:
        status = INTERRUPTED if begun.doubt.startswith(INTERRUPTED.lower()) else NOT_FOLLOWED
        return reporter.unfinished(begun.doubt, datetime.now(UTC), status, goes_on=None)
    follower = Follower(account, started, progress, screen, interrupts)
    return follow_to_end(follower, reporter, interrupts, screen, is_embedded=account.is_embedded)


def _warn_of_unwritable_results(folder: Path, screen: Screen) -> None:
    """Warn at once that the results cannot be stored here, while that can still be corrected."""
    there = next((one for one in (folder, *folder.absolute().parents) if one.exists()), None)
    if there is not None and not (there.is_dir() and os.access(there, os.W_OK)):
        screen.warn(f"{folder} cannot be written because of {there}; results stay in S3")
