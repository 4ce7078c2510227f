"""`parris stop`: requests that a job ends, and shows its end."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from parris.payloads import maybe_text_in, part_of
from parris.reasons import EndReason
from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.account.stack_status import Use
from parris_cli.aws_errors import describe_error
from parris_cli.errors import InterruptedByUserError, NotFollowedError, RefusedError
from parris_cli.following.follow_to_end import INTERRUPTED, NOT_FOLLOWED, follow_to_end
from parris_cli.following.follower import Follower
from parris_cli.following.job_progress import JobProgress
from parris_cli.local_runs.find_local import find_local_run
from parris_cli.reports.report import (
    EXIT_FAILED,
    EXIT_REFUSED,
    EXIT_SUCCEEDED,
    Report,
    refusal_to_json,
)
from parris_cli.reports.reporter import Reporter
from parris_cli.runs.running import newest_state
from parris_cli.starting.start_job import name_in_id
from parris_cli.stopping.find_running import find_and_request_stop
from parris_cli.stopping.request_stop import request_stop
from parris_cli.stopping.stop_local_jobs import stop_local_jobs
from parris_cli.stopping.stop_options import StopOptions
from parris_cli.terminal.interrupts import Interrupts
from parris_cli.terminal.output import print_json, print_report
from parris_cli.terminal.screen import Screen
from parris_cli.terminal.style import Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.payloads import Json
    from parris_cli.account.clients import Account
    from parris_cli.stopping.find_running import FoundRun

_IS_ENDING = "stop requested: the job saves its results and ends its resources"


def stop(options: StopOptions) -> int:
    """Request that a job ends, report on it and return the command's exit code."""
    return stop_jobs([options.job], options)


def stop_jobs(jobs: Sequence[str], options: StopOptions) -> int:
    """Request that jobs end, report on each and return the command's exit code.

    Args:
        jobs: what names them, instead of the options' own.
        options: how each is stopped.
    """
    screen = Screen(sys.stderr, is_verbose=options.is_verbose)
    try:
        local = find_local_run(jobs[0], options.deployment, is_embedded=options.is_embedded)
        if local is not None:
            return stop_local_jobs(jobs, options, screen)
        account = real_account(options.deployment or find_deployment(jobs[0]), Use.REACH)
        if len(jobs) > 1:
            return stop_each_on(account, jobs, options, screen)
        return stop_on(account, replace(options, job=jobs[0]), screen)
    except RefusedError as err:
        exit_code = EXIT_FAILED if err.reason is None else EXIT_REFUSED
        return _refuse(options, screen, str(err), exit_code)
    except KeyboardInterrupt:
        return _refuse(options, screen, "interrupted", EXIT_FAILED)
    except Exception as err:
        return _refuse(options, screen, describe_error(err), EXIT_FAILED)


def stop_on(account: Account, options: StopOptions, screen: Screen) -> int:
    """Request that a job of this deployment ends, and follow it if that is wanted.

    Raises:
        RefusedError: when there is nothing to stop.
        AwsUnavailableError: when the wake function failed.
    """
    found = _find(account, options, screen)
    with Interrupts() as interrupts:
        report, is_done = _end(account, found, options, screen, interrupts)
    _print(account, report, options, screen, is_json=options.is_json)
    return EXIT_SUCCEEDED if is_done else EXIT_FAILED


def stop_each_on(
    account: Account, jobs: Sequence[str], options: StopOptions, screen: Screen
) -> int:
    """Request that jobs of this deployment end, each of them, before the first is followed.

    Returns:
        The command's exit code: the worst that one of them alone would have.
    """
    found: list[FoundRun] = []
    exit_codes = [EXIT_SUCCEEDED]
    told: list[Json] = []
    for job in dict.fromkeys(jobs):
        try:
            found.append(_request(account, replace(options, job=job), screen))
        except Exception as err:  # the others are to end, too
            message = describe_error(err)
            screen.warn(f"{job} is not stopped: {message}")
            is_refused = isinstance(err, RefusedError) and err.reason is not None
            exit_codes.append(EXIT_REFUSED if is_refused else EXIT_FAILED)
            told.append(refusal_to_json(message, None, goes_on=False if is_refused else None))
    for one in found:
        with Interrupts() as interrupts:
            report, is_done = _end(account, one, options, screen, interrupts)
        exit_codes.append(EXIT_SUCCEEDED if is_done else EXIT_FAILED)
        told.append(report.to_json())
        _print(account, report, options, screen, is_json=False)
    if options.is_json:
        print_json({"jobs": told})
    return max(exit_codes)


def _find(account: Account, options: StopOptions, screen: Screen) -> FoundRun:
    found = find_and_request_stop(account, options.job, datetime.now(UTC))
    screen.say(f"{found.started.job_id}; it saves its results first", "stopping", Style.PHASE)
    for other in found.others:
        at = f" --deployment {options.deployment}" if options.deployment else ""
        screen.warn(
            f"another run of its name is running, {other}; to end it, too:\nparris stop {other}{at}"
        )
    return found


def _request(account: Account, options: StopOptions, screen: Screen) -> FoundRun:
    """Return a run that has received the request, or whose name is not known yet."""
    found = _find(account, options, screen)
    state = newest_state(account.stepfunctions, found.started.execution_arn)
    name = maybe_text_in(part_of(state, "job"), "training_job_name")
    if found.is_stop_requested or name is None:
        return found
    arn = found.started.execution_arn
    return replace(found, is_stop_requested=request_stop(account, name, arn, datetime.now(UTC)))


def _print(
    account: Account, report: Report, options: StopOptions, screen: Screen, *, is_json: bool
) -> None:
    text = report.to_text(account.is_embedded, is_verbose=options.is_verbose)
    if options.is_json and not is_json:
        screen.say(text)  # standard output has one object for all
        return
    print_report(report.to_json(), text, screen, is_json=is_json, style=report.style)


def _end(
    account: Account, found: FoundRun, options: StopOptions, screen: Screen, interrupts: Interrupts
) -> tuple[Report, bool]:
    """Return what happened to the job, and whether that is what was requested."""
    started = found.started
    progress = JobProgress(account, started, screen, name_in_id(started.job_id))
    follower = Follower(
        account,
        started,
        progress,
        screen,
        interrupts,
        is_ending=True,
        is_stop_requested=found.is_stop_requested,
    )
    reporter = Reporter(account, started, progress, screen, options.deployment, options.results)
    if options.is_waiting:
        report = follow_to_end(
            follower, reporter, interrupts, screen, is_embedded=account.is_embedded
        )
        if follower.known_end is not None:
            # Whatever ended it, it has ended, and its leftovers are known.
            return report, report.end.reason not in (None, EndReason.CLEANUP_FAILED)
        cause = report.end.cause.partition(";")[0]
        status = report.end.execution_status
    else:
        cause, status = "", "RUNNING"
        try:
            follower.request_stop()
        except InterruptedByUserError:
            cause, status = "interrupted", INTERRUPTED
        except NotFollowedError as err:
            cause, status = str(err), NOT_FOLLOWED
        screen.end_status()
    is_stop_requested = not follower.is_stop_due
    again = f"the stop request has not reached its run yet; try again: parris stop {started.job_id}"
    causes = [cause, _IS_ENDING if is_stop_requested else again]
    text = "; ".join(one for one in causes if one)
    unfinished = reporter.unfinished(text, datetime.now(UTC), status)
    return unfinished, is_stop_requested and not options.is_waiting and not cause


def _refuse(options: StopOptions, screen: Screen, message: str, exit_code: int) -> int:
    screen.say(f"not stopped: {message}")
    if options.is_json:
        goes_on = False if exit_code == EXIT_REFUSED else None
        print_json(refusal_to_json(message, None, goes_on=goes_on))
    return exit_code
