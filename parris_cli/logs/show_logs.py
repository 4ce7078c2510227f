"""`parris logs`: prints the log of a job, running or ended, and follows it if that is wanted."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from parris.aws.bucket import Bucket
from parris.payloads import Payload, part_of, parts_in
from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.account.stack_status import Use
from parris_cli.aws_errors import AWS_ERRORS, describe_error
from parris_cli.downloads.found_places import places_of
from parris_cli.downloads.job_places import LOG
from parris_cli.errors import RefusedError
from parris_cli.following.find_started import find_started
from parris_cli.local_runs.find_local import find_local_run
from parris_cli.local_runs.reach import account_of
from parris_cli.logs.live_log import LiveLog
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.terminal.capabilities import capabilities_of
from parris_cli.terminal.log_text import log_line
from parris_cli.terminal.output import print_json
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from parris_cli.account.clients import Account
    from parris_cli.downloads.job_places import JobPlaces
    from parris_cli.following.find_started import FoundJob
    from parris_cli.local_runs.local_run import LocalRun

# GetLogEvents shares its quota with everything else in the account.
_POLL_SECONDS, _EMBEDDED_POLL_SECONDS = 3.0, 0.5


@dataclass(frozen=True, slots=True)
class LogsOptions:
    """Options of `parris logs`. `most` is how many lines are shown first, None for all."""

    job: str
    deployment: str | None
    is_json: bool = False
    is_following: bool = False
    since: datetime | None = None
    most: int | None = None
    is_embedded: bool = False


def show_logs(options: LogsOptions) -> int:
    """Print the log of a job, and return the command's exit code."""
    screen = Screen(sys.stderr)
    try:
        if options.is_json and options.is_following:
            raise RefusedError("--json prints one object, so that it cannot follow; leave out -f")
        local = find_local_run(options.job, options.deployment, is_embedded=options.is_embedded)
        if local is not None:
            show_local_log(local, options)
        else:
            named = options.deployment or find_deployment(options.job)
            show_logs_on(real_account(named, Use.REACH), options)
    except BrokenPipeError:
        return EXIT_SUCCEEDED  # whoever reads has enough
    except KeyboardInterrupt:
        if not options.is_following:
            raise
        screen.say("no longer followed; the job is not affected")
    except Exception as err:  # whatever it is, nothing was changed
        message = describe_error(err)
        screen.say(f"no log: {message}")
        if options.is_json:
            print_json({"job_id": None, "lines": [], "cause": message})
        return EXIT_REFUSED if isinstance(err, RefusedError) and err.reason else EXIT_FAILED
    return EXIT_SUCCEEDED


def show_logs_on(account: Account, options: LogsOptions, file: Path | None = None) -> None:
    """Print the log of a job of this deployment.

    Args:
        account: the deployment.
        options: what is printed.
        file: where the whole log is when this AWS has ended with the job; None if it stays.

    Raises:
        RefusedError: when there is no such job, or it has no log.
    """
    found = find_started(account, options.job)
    log = LiveLog(account, found, options.since)
    if options.since is None and not _is_running(account, found):
        _show(found.job_id, _ended_lines(account, found, log), options)
        return
    _show(found.job_id, log.new_lines(), options)
    seconds = _EMBEDDED_POLL_SECONDS if account.is_embedded else _POLL_SECONDS
    while options.is_following:
        try:
            # Asked first, so that what is read afterwards includes everything up to the end.
            is_running = _is_running(account, found)
            _print_lines(log.new_lines())
            if not is_running:
                _print_lines(log.missed_lines())
                return
        except AWS_ERRORS:
            if file is None or not file.exists():
                raise
            _print_lines(log.missed_lines(file.read_bytes()))
            return
        time.sleep(seconds)


def show_local_log(local: LocalRun, options: LogsOptions) -> None:
    """Print the log of a job of this machine.

    Raises:
        RefusedError: when it has none, or none that another process can read.
    """
    account = account_of(local)
    if account is not None:
        show_logs_on(account, replace(options, job=local.job_id), local.results / LOG)
        return
    lines = local.log
    if lines is None and local.is_running:
        raise RefusedError(
            f"{local.job_id} is running: the command that runs it (process {local.process_id})"
            " shows its log"
        )
    if lines is None:
        raise RefusedError(f"{local.job_id} has left no log in {local.results}")
    _show(local.job_id, lines, options)


def _is_running(account: Account, found: FoundJob) -> bool:
    if found.started is None:
        return False
    arn = found.started.execution_arn
    return account.stepfunctions.describe_execution(executionArn=arn)["status"] == "RUNNING"


def _ended_lines(account: Account, found: FoundJob, log: LiveLog) -> list[str]:
    """Return the log of a job that has ended, with the lines of all of its attempts."""
    places = places_of(account, found)
    lines = None if _has_several_attempts(account, places) else _whole_file(account, places)
    if lines is None:
        lines = [*log.new_lines(), *log.missed_lines()]
    # CloudWatch Logs deletes lines after a while; log.txt stays.
    return lines or _whole_file(account, places) or []


def _has_several_attempts(account: Account, places: JobPlaces) -> bool:
    """Return whether log.txt is that of the last of several machines."""
    record = Bucket(account.s3, account.deployment.bucket).read_json(places.record_key) or {}
    return len(parts_in(part_of(record, "outcome"), "attempts")) > 1


def _whole_file(account: Account, places: JobPlaces) -> list[str] | None:
    """Return the lines of log.txt, which the runner of the last machine wrote; None without one."""
    body = Bucket(account.s3, places.bucket).read(places.log_key)
    if body is None:
        return None
    lines = body.removesuffix(b"\n").split(b"\n")
    return [line.removesuffix(b"\r").decode(errors="replace") for line in lines]


def _show(job_id: str, lines: list[str], options: LogsOptions) -> None:
    shown = lines if options.most is None else lines[-options.most :]
    if options.is_json:
        value: Payload = {"job_id": job_id, "lines": list(shown)}
        print_json(value)
        return
    _print_lines(shown)


def _print_lines(lines: Iterable[str]) -> None:
    has_colour = capabilities_of(sys.stdout).has_colour
    for line in lines:
        print(log_line(line, has_colour=has_colour))
    sys.stdout.flush()
