"""`parris watch`: follows a started job, and reports on it as `parris run` does."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.account.stack_status import Use
from parris_cli.aws_errors import describe_error
from parris_cli.errors import InterruptedByUserError, RefusedError
from parris_cli.following.find_started import find_started
from parris_cli.following.follow_to_end import follow_to_end
from parris_cli.following.follower import Follower
from parris_cli.following.job_progress import JobProgress
from parris_cli.following.live_panel import LivePanel
from parris_cli.local_runs.find_local import find_local_run
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, refusal_to_json
from parris_cli.reports.reporter import Reporter
from parris_cli.terminal.interrupts import Interrupts
from parris_cli.terminal.output import print_json, print_report
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from parris_cli.account.clients import Account
    from parris_cli.local_runs.local_run import LocalRun


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """Options of `parris watch`.

    `job` is a job's name, its job id or its execution ARN. `deployment` is None for the only one in
    the account.
    """

    job: str
    deployment: str | None
    is_json: bool
    results: Path | None
    is_verbose: bool = False
    is_embedded: bool = False


def watch_job(options: WatchOptions) -> int:
    """Follow a job to its end, report on it and return the command's exit code."""
    screen = Screen(sys.stderr, is_verbose=options.is_verbose)
    with Interrupts() as interrupts:
        try:
            with interrupts.at_once():
                local = find_local_run(
                    options.job, options.deployment, is_embedded=options.is_embedded
                )
                if local is None:
                    named = options.deployment or find_deployment(options.job)
                    account = real_account(named, Use.REACH)
            if local is not None:
                return _watch_local(local, options, screen, interrupts)
            return watch_on(account, options, screen, interrupts)
        except RefusedError as err:
            message, is_refused = str(err), err.reason is not None
        except KeyboardInterrupt:
            message, is_refused = "interrupted", False
        except Exception as err:  # once the job is found, errors are reported below
            message, is_refused = describe_error(err), False
        interrupts.close()
        screen.say(f"not followed: {message}")
        if options.is_json:
            print_json(refusal_to_json(message, None, goes_on=False if is_refused else None))
    return EXIT_REFUSED if is_refused else EXIT_FAILED


def watch_on(
    account: Account, options: WatchOptions, screen: Screen, interrupts: Interrupts
) -> int:
    """Follow a job of this deployment to its end, and return the command's exit code.

    Raises:
        RefusedError: when there is no such job.
    """
    with interrupts.at_once():
        found = find_started(account, options.job)
    if found.started is None:
        raise RefusedError(
            f"{found.job_id} ended so long ago that Step Functions has deleted it; its files are"
            f" still there: parris results {found.job_id}"
        )
    started = found.started
    screen.say(f"{started.job_id}, started at {started.started_at:%Y-%m-%d %H:%M:%S %Z}", "job")
    with closing(LivePanel()) as panel:
        progress = JobProgress(account, started, screen, found.name, panel)
        reporter = Reporter(account, started, progress, screen, options.deployment, options.results)
        follower = Follower(account, started, progress, screen, interrupts, is_detachable=True)
        is_embedded = account.is_embedded
        report = follow_to_end(follower, reporter, interrupts, screen, is_embedded=is_embedded)
    text = report.to_text(account.is_embedded, is_verbose=options.is_verbose)
    print_report(report.to_json(), text, screen, is_json=options.is_json, style=report.style)
    return report.exit_code


def _watch_local(
    local: LocalRun, options: WatchOptions, screen: Screen, interrupts: Interrupts
) -> int:
    """Follow a job of this machine to its end, show how it ended, and return the exit code.

    Raises:
        RefusedError: when only the command that runs it can show it.
    """
    from parris_cli.local_runs.follow_local import watch_local
    from parris_cli.runs.show_status import print_local_status

    try:
        local, exit_code = watch_local(local, screen, interrupts)
    except InterruptedByUserError:
        screen.say("no longer followed; the job is not affected")
        exit_code = EXIT_FAILED
    print_local_status(local, is_json=options.is_json)
    return exit_code
