"""`parris sweep status`, `watch`, `stop` and `results` of a sweep of this machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from parris_cli.errors import RefusedError
from parris_cli.local_runs.local_sweep import find_local_sweep
from parris_cli.local_runs.reach import account_of
from parris_cli.reports.report import EXIT_FAILED, EXIT_SUCCEEDED
from parris_cli.sweeps.follow_sweep import request_sweep_stop
from parris_cli.sweeps.report_sweep import SUCCESSFUL
from parris_cli.sweeps.show_sweep import print_status, write_sweep

if TYPE_CHECKING:
    from parris_cli.local_runs.local_sweep import LocalSweep
    from parris_cli.sweeps.show_sweep import OneSweepOptions
    from parris_cli.terminal.screen import Screen

_POLL_SECONDS = 0.5


def show_local(local: LocalSweep, options: OneSweepOptions, screen: Screen) -> int:
    """Print how a sweep stands."""
    return print_status(local.shown_record, options, screen)


def watch_local(local: LocalSweep, options: OneSweepOptions, screen: Screen) -> int:
    """Wait until the command of a sweep has ended; its own terminal shows more."""
    ended = _ended(local, screen)
    show_local(ended, options, screen)
    return EXIT_SUCCEEDED if ended.shown_record["status"] in SUCCESSFUL else EXIT_FAILED


def stop_local(local: LocalSweep, options: OneSweepOptions, screen: Screen) -> int:
    """Request that a sweep ends, and wait for that if it is wanted.

    Raises:
        RefusedError: when it has ended, or its AWS cannot be reached.
    """
    if not local.is_running:
        raise RefusedError(f"the sweep {local.sweep_id} has ended already")
    account = account_of(local)
    if account is None:
        raise RefusedError(
            f"the AWS of {local.sweep_id} cannot be reached; its command is process"
            f" {local.process_id}"
        )
    request_sweep_stop(account, local.sweep_id)
    screen.say(f"{local.sweep_id}; its trials save their results first", "stopping")
    if not options.is_waiting:
        return EXIT_SUCCEEDED
    return show_local(_ended(local, screen), options, screen)


def write_local(local: LocalSweep, options: OneSweepOptions, screen: Screen) -> int:
    """Write the files of a sweep into a folder."""
    return write_sweep(local.shown_record, local.best_config or None, options, screen)


def _ended(local: LocalSweep, screen: Screen) -> LocalSweep:
    """Return a sweep once it has ended, or its command has."""
    if local.is_running:
        screen.say(
            f"{local.sweep_id}, until its command (process {local.process_id}) ends", "sweep"
        )
    while local.is_running:
        time.sleep(_POLL_SECONDS)
        local = find_local_sweep(local.sweep_id, None, is_embedded=True) or local
    return local
