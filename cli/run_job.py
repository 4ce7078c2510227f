"""`parris run`: one config, one training job, from its start to its end."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cli.errors import InterruptedByUserError, RefusedError
from cli.follow_job import Follower
from cli.interrupts import Interrupts
from cli.job_files import find_job_files
from cli.job_progress import JobProgress
from cli.last_word import print_json, say_last_word
from cli.overrides import parse_overrides
from cli.reach_account import embedded_account, real_account
from cli.report import EXIT_FAILED, EXIT_REFUSED, refusal_to_json
from cli.report_end import report_end, report_unfinished
from cli.screen import Screen
from cli.start_job import StartedJob, start_job

if TYPE_CHECKING:
    from cli.account import Account


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the person asked for. `deployment` is used where `is_embedded` is false."""

    config: Path | None
    is_embedded: bool
    deployment: str
    settings: tuple[str, ...]
    is_json: bool
    results: Path | None


def run_job(options: RunOptions) -> int:
    """Run a job as asked, report on it and return the command's exit code."""
    screen = Screen(sys.stderr)
    try:
        return _run(options, screen)
    except RefusedError as err:
        screen.say(f"not started: {err}")
        if options.is_json:
            print_json(refusal_to_json(str(err), err.reason))
        return EXIT_FAILED if err.reason is None else EXIT_REFUSED


def _run(options: RunOptions, screen: Screen) -> int:
    overrides = parse_overrides(options.settings)
    files = find_job_files(options.config, overrides)
    if options.results is not None and options.results.exists() and not options.results.is_dir():
        raise RefusedError(f"--results {options.results}: a file, expected a folder")
    with ExitStack() as reaching:
        account = (
            reaching.enter_context(embedded_account(screen))
            if options.is_embedded
            else real_account(options.deployment)
        )
        interrupts = reaching.enter_context(Interrupts())
        started = start_job(account, files, overrides, datetime.now(UTC))
        screen.say(f"job {started.job_id}, started with {files.config}")
        progress = JobProgress(account, started, screen)
        try:
            end = Follower(account, started, progress, screen, interrupts).follow()
            report = report_end(account, started, end, options.results)
        except InterruptedByUserError:
            screen.end_status()
            cause = _why_unfinished(account, started, options.deployment)
            report = report_unfinished(account, started, progress, cause, datetime.now(UTC))
    text = report.to_text(options.is_embedded)
    say_last_word(report.to_json(), text, screen, is_json=options.is_json)
    return report.exit_code


def _why_unfinished(account: Account, started: StartedJob, deployment: str) -> str:
    if account.is_embedded:
        return "interrupted: the embedded AWS was shut down, and with it everything of the job"
    return (
        "no longer followed; the job goes on and ends as its config says. To end it before:\n"
        f"parris stop {started.job_id} --deployment {deployment}"
    )
