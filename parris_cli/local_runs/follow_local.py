"""Follows or stops a job of `parris run --embedded` from another terminal.

Its AWS ends with the command that runs it. What is known of its end is then in the history.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from parris.payloads import text_in
from parris.reasons import SUCCESSFUL_REASONS
from parris.timestamps import parse_timestamp
from parris_cli.errors import NotFollowedError, RefusedError
from parris_cli.following.follower import Follower
from parris_cli.following.job_progress import JobProgress
from parris_cli.following.live_panel import LivePanel
from parris_cli.local_runs.local_run import read_local_runs
from parris_cli.local_runs.reach import account_of
from parris_cli.reports.report import EXIT_FAILED, EXIT_SUCCEEDED
from parris_cli.starting.start_job import StartedJob

if TYPE_CHECKING:
    from parris_cli.local_runs.local_run import LocalRun
    from parris_cli.terminal.interrupts import Interrupts
    from parris_cli.terminal.screen import Screen

_POLL_SECONDS = 0.2


def watch_local(run: LocalRun, screen: Screen, interrupts: Interrupts) -> tuple[LocalRun, int]:
    """Follow a job until its command has ended; show the log of one that has.

    Returns:
        The job as the history has it then, and the exit code of `parris watch`.

    Raises:
        RefusedError: when another process cannot reach its AWS.
        InterruptedByUserError: when the user does not want to follow it any more.
    """
    if run.is_running:
        _follow(run, screen, interrupts, is_ending=False)
        run = _ended(run)
    else:
        screen.show_log_lines(run.log or [])
    is_fine = run.entry.get("reason") in SUCCESSFUL_REASONS
    return run, EXIT_SUCCEEDED if is_fine else EXIT_FAILED


def stop_local(
    run: LocalRun, screen: Screen, interrupts: Interrupts, *, is_waiting: bool
) -> LocalRun:
    """Request that a job ends, and return it as the history has it afterwards.

    Raises:
        RefusedError: when it has ended, or another process cannot reach its AWS.
        InterruptedByUserError: when the user does not want to wait.
    """
    if not run.is_running:
        raise RefusedError(f"{run.job_id} has ended: {run.run.state}")
    _follow(run, screen, interrupts, is_ending=True, is_waiting=is_waiting)
    return _ended(run) if is_waiting else run


def _follow(
    run: LocalRun,
    screen: Screen,
    interrupts: Interrupts,
    *,
    is_ending: bool,
    is_waiting: bool = True,
) -> None:
    account = account_of(run)
    if account is None:
        if _latest(run).is_running:
            raise RefusedError(
                f"{run.job_id} cannot be reached; it is shown in the terminal of its command"
                f" (process {run.process_id})"
            )
        return
    submitted_at = parse_timestamp(text_in(run.entry, "submitted_at"))
    arn = text_in(run.entry, "execution_arn")
    started = StartedJob(run.job_id, arn, submitted_at)
    screen.say(f"{run.job_id}, started at {submitted_at:%Y-%m-%d %H:%M:%S %Z}", "job")
    panel = None if is_ending else LivePanel()
    progress = JobProgress(account, started, screen, run.run.name, panel)
    follower = Follower(
        account,
        started,
        progress,
        screen,
        interrupts,
        is_ending=is_ending,
        is_detachable=True,
        # The history has the end before the AWS ends.
        is_gone=lambda: not _latest(run).is_running,
    )
    try:
        if is_waiting:
            follower.follow()
        else:
            follower.request_stop()
    except NotFollowedError:
        if _latest(run).is_running:
            raise
    finally:
        screen.end_status()
        if panel is not None:
            panel.close()


def _ended(run: LocalRun) -> LocalRun:
    """Return a job once its command has stored its results, or has died."""
    while (latest := _latest(run)).is_running:
        time.sleep(_POLL_SECONDS)
    return latest


def _latest(run: LocalRun) -> LocalRun:
    return next((one for one in read_local_runs() if one.job_id == run.job_id), run)
