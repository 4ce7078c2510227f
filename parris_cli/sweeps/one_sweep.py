"""`parris sweep status`, `watch`, `stop` and `results`: one sweep that was started before."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from parris.sweeps.record import RUNNING
from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.account.stack_status import Use
from parris_cli.aws_errors import describe_error
from parris_cli.errors import RefusedError
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.reports.reporter import default_folder
from parris_cli.sweeps.follow_sweep import SweepFollower, request_sweep_stop
from parris_cli.sweeps.read_sweep import SweepReader
from parris_cli.sweeps.report_sweep import (
    head_lines,
    report_unfinished,
    write_files,
)
from parris_cli.sweeps.run_sweep import follow_and_report
from parris_cli.sweeps.start_sweep import StartedSweep
from parris_cli.sweeps.table import trial_table
from parris_cli.sweeps.view import SweepView
from parris_cli.terminal.interrupts import Interrupts
from parris_cli.terminal.output import print_json, print_report, report_columns
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from parris.payloads import Payload
    from parris.sweeps.sweep import Sweep
    from parris_cli.account.clients import Account


@dataclass(frozen=True, slots=True)
class OneSweepOptions:
    """Options. `sweep` is a sweep's id, its name or the ARN of its execution."""

    sweep: str
    deployment: str | None
    is_json: bool
    is_waiting: bool = True
    folder: Path | None = None


def show_status(options: OneSweepOptions) -> int:
    """Print how a sweep stands, and return the command's exit code."""
    return _run(options, show_status_on)


def watch_sweep(options: OneSweepOptions) -> int:
    """Follow a sweep to its end, and return the command's exit code."""
    return _run(options, watch_sweep_on)


def stop_sweep(options: OneSweepOptions) -> int:
    """Request that a sweep ends, and return the command's exit code."""
    return _run(options, stop_sweep_on)


def fetch_sweep(options: OneSweepOptions) -> int:
    """Write the files of a sweep into a folder, and return the command's exit code."""
    return _run(options, fetch_sweep_on)


def show_status_on(account: Account, options: OneSweepOptions, screen: Screen) -> int:
    """Print how a sweep of this deployment stands, with all its trials.

    Raises:
        RefusedError: when there is no such sweep.
    """
    reader = SweepReader(account)
    record = _record(reader, reader.find(options.sweep))
    sweep = SweepView.from_record(record)
    text = [
        f"{sweep.sweep_id}  {_status_text(sweep)}",
        f"  trials   {sweep.over_count} of {sweep.trial_count} have ended",
        *head_lines(sweep),
        "",
        *trial_table(sweep, columns=report_columns()),
    ]
    print_report(record, "\n".join(text), screen, is_json=options.is_json)
    return EXIT_SUCCEEDED


def watch_sweep_on(account: Account, options: OneSweepOptions, screen: Screen) -> int:
    """Follow a sweep of this deployment to its end, and report on it.

    Raises:
        RefusedError: when there is no such sweep.
    """
    reader = SweepReader(account)
    found = reader.find(options.sweep)
    screen.say(found.sweep_id, "sweep")
    started = StartedSweep(found.sweep_id, found.execution_arn)
    with Interrupts() as interrupts:
        follower = SweepFollower(account, reader, started, screen, interrupts)
        return follow_and_report(follower, options.folder, is_json=options.is_json)


def stop_sweep_on(account: Account, options: OneSweepOptions, screen: Screen) -> int:
    """Request that a sweep of this deployment ends, and follow it to its end if that is wanted.

    Raises:
        RefusedError: when there is nothing to stop.
    """
    reader = SweepReader(account)
    found = reader.find(options.sweep)
    if found.closed_at is not None:
        raise RefusedError(f"the sweep {found.sweep_id} has ended already")
    request_sweep_stop(account, found.sweep_id)
    screen.say(f"{found.sweep_id}; its trials save their results first", "stopping")
    started = StartedSweep(found.sweep_id, found.execution_arn)
    if not options.is_waiting:
        cause = "stop requested"
        report_unfinished(started, cause, screen, is_json=options.is_json, is_stopping=True)
        return EXIT_SUCCEEDED
    with Interrupts() as interrupts:
        follower = SweepFollower(account, reader, started, screen, interrupts, is_stopping=True)
        follow_and_report(follower, options.folder, is_json=options.is_json)
    is_over = reader.find(found.sweep_id).closed_at is not None
    return EXIT_SUCCEEDED if is_over else EXIT_FAILED


def fetch_sweep_on(account: Account, options: OneSweepOptions, screen: Screen) -> int:
    """Write the record, the report page and the best config of a sweep into a folder.

    Raises:
        RefusedError: when there is no such sweep.
    """
    reader = SweepReader(account)
    found = reader.find(options.sweep)
    record = _record(reader, found)
    sweep = SweepView.from_record(record)
    folder = options.folder or default_folder(found.sweep_id)
    best_config = reader.best_config(found.sweep_id) if sweep.best is not None else None
    written = write_files(record, best_config, folder, screen)
    lines = [f"{sweep.sweep_id}  {sweep.status}", *(f"  {path}" for path in written)]
    best = sweep.best
    if best is not None and best.training_job_name:
        lines.append(f"  results of the best trial: parris results {best.training_job_name}")
    value: Payload = {
        "sweep_id": found.sweep_id,
        "status": sweep.status,
        "files": [str(path) for path in written],
    }
    print_report(value, "\n".join(lines), screen, is_json=options.is_json)
    return EXIT_SUCCEEDED if written else EXIT_FAILED


def _run(options: OneSweepOptions, act: Callable[[Account, OneSweepOptions, Screen], int]) -> int:
    screen = Screen(sys.stderr)
    try:
        account = real_account(options.deployment or find_deployment(""), Use.REACH)
        return act(account, options, screen)
    except RefusedError as err:
        message, is_refused = str(err), err.reason is not None
    except KeyboardInterrupt:
        message, is_refused = "interrupted", False
    except Exception as err:
        message, is_refused = describe_error(err), False
    screen.say(message)
    if options.is_json:
        print_json({"sweep_id": None, "status": None, "cause": message})
    return EXIT_REFUSED if is_refused else EXIT_FAILED


def _status_text(sweep: SweepView) -> str:
    if sweep.status != RUNNING or sweep.stop_reason is None:
        return sweep.status
    return f"{sweep.status}, starts nothing more: {sweep.stop_reason}"


def _record(reader: SweepReader, found: Sweep) -> Payload:
    record = reader.record(found.sweep_id)
    if record is None:
        raise RefusedError(f"the sweep {found.sweep_id} is gone")
    return record
