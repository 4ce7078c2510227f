"""`parris sweep status`, `watch`, `stop` and `results`: one sweep that was started before."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.account.stack_status import Use
from parris_cli.aws_errors import describe_error
from parris_cli.errors import RefusedError
from parris_cli.local_runs.local_sweep import find_local_sweep
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.sweeps.follow_sweep import SweepFollower, request_sweep_stop
from parris_cli.sweeps.one_local_sweep import show_local, stop_local, watch_local, write_local
from parris_cli.sweeps.read_sweep import SweepReader
from parris_cli.sweeps.report_sweep import (
    report_unfinished,
)
from parris_cli.sweeps.run_sweep import follow_and_report
from parris_cli.sweeps.show_sweep import OneSweepOptions, print_status, write_sweep
from parris_cli.sweeps.start_sweep import StartedSweep
from parris_cli.terminal.interrupts import Interrupts
from parris_cli.terminal.output import print_json
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from parris.payloads import Payload
    from parris.sweeps.sweep import Sweep
    from parris_cli.account.clients import Account
    from parris_cli.local_runs.local_sweep import LocalSweep


def show_status(options: OneSweepOptions) -> int:
    """Print how a sweep stands, and return the command's exit code."""
    return _run(options, show_status_on, show_local)


def watch_sweep(options: OneSweepOptions) -> int:
    """Follow a sweep to its end, and return the command's exit code."""
    return _run(options, watch_sweep_on, watch_local)


def stop_sweep(options: OneSweepOptions) -> int:
    """Request that a sweep ends, and return the command's exit code."""
    return _run(options, stop_sweep_on, stop_local)


def fetch_sweep(options: OneSweepOptions) -> int:
    """Write the files of a sweep into a folder, and return the command's exit code."""
    return _run(options, fetch_sweep_on, write_local)


def show_status_on(account: Account, options: OneSweepOptions, screen: Screen) -> int:
    """Print how a sweep of this deployment stands, with all its trials.

    Raises:
        RefusedError: when there is no such sweep.
    """
    reader = SweepReader(account)
    return print_status(_record(reader, reader.find(options.sweep)), options, screen)


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
    return write_sweep(_record(reader, found), reader.best_config(found.sweep_id), options, screen)


def _run(
    options: OneSweepOptions,
    act: Callable[[Account, OneSweepOptions, Screen], int],
    act_locally: Callable[[LocalSweep, OneSweepOptions, Screen], int],
) -> int:
    screen = Screen(sys.stderr)
    try:
        local = find_local_sweep(options.sweep, options.deployment, is_embedded=options.is_embedded)
        if local is not None:
            return act_locally(local, replace(options, is_embedded=True), screen)
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


def _record(reader: SweepReader, found: Sweep) -> Payload:
    record = reader.record(found.sweep_id)
    if record is None:
        raise RefusedError(f"the sweep {found.sweep_id} is gone")
    return record
