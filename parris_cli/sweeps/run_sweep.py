"""`parris sweep CONFIG`: starts a sweep and follows it to its end."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from parris_cli.account.connect import chosen_account
from parris_cli.aws_errors import describe_error
from parris_cli.containers.stand_in_image import with_stand_in_image
from parris_cli.deployment.embedded_environment import deploy_environment
from parris_cli.errors import InterruptedByUserError, RefusedError
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.sweeps.follow_sweep import SweepFollower
from parris_cli.sweeps.read_sweep import SweepReader
from parris_cli.sweeps.remember_sweep import remembered_sweep
from parris_cli.sweeps.report_sweep import report_cut_off, report_sweep, report_unfinished
from parris_cli.sweeps.start_sweep import start_sweep
from parris_cli.sweeps.sweep_files import find_sweep_files
from parris_cli.terminal.interrupts import Interrupts
from parris_cli.terminal.output import print_json
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from parris_cli.sweeps.start_sweep import StartedSweep

_NOT_STARTED = "interrupted; no sweep was started"


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """Options of `parris sweep CONFIG`. `deployment` is used if `is_embedded` is false."""

    source: Path
    is_embedded: bool
    deployment: str
    is_json: bool
    is_waiting: bool
    results: Path | None


def run_sweep(options: SweepOptions) -> int:
    """Run a sweep, report on it and return the command's exit code."""
    screen = Screen(sys.stderr)
    with Interrupts(ends_job=options.is_embedded) as interrupts:
        try:
            return _run(options, screen, interrupts)
        except RefusedError as err:
            message, is_refused = str(err), err.reason is not None
        except KeyboardInterrupt:
            message, is_refused = _NOT_STARTED, False
        except Exception as err:  # nothing is running yet; a started sweep is reported on below
            message, is_refused = describe_error(err), False
        interrupts.close()
    screen.say(message if message == _NOT_STARTED else f"not started: {message}")
    if options.is_json:
        print_json({"sweep_id": None, "status": None, "cause": message})
    return EXIT_REFUSED if is_refused else EXIT_FAILED


def _run(options: SweepOptions, screen: Screen, interrupts: Interrupts) -> int:
    if options.is_embedded and not options.is_waiting:
        raise RefusedError("--detach is for an account: an embedded AWS ends with the command")
    files = find_sweep_files(options.source)
    if options.results is not None and options.results.exists() and not options.results.is_dir():
        raise RefusedError(f"--results {options.results}: is a file, expected a folder")
    files.training.local.describe(screen)
    with ExitStack() as reaching:
        with interrupts.at_once():
            account = reaching.enter_context(
                chosen_account(options.deployment, screen, is_embedded=options.is_embedded)
            )
            reader = SweepReader(account)
            if options.is_embedded:
                deploy_environment(account, files.training, screen)
        if options.is_embedded:
            # The shutdown that follows must not be disturbed.
            reaching.callback(interrupts.close)
            training = with_stand_in_image(account, files.training, screen)
            files = replace(files, training=training)
        started = start_sweep(account, files, interrupts)
        screen.say(f"{started.sweep_id}, from {options.source}", "sweep")
        if not options.is_waiting:
            report_unfinished(started, "started", screen, is_json=options.is_json)
            return EXIT_SUCCEEDED
        if options.is_embedded:
            reader = reaching.enter_context(remembered_sweep(account, started, screen))
        follower = SweepFollower(account, reader, started, screen, interrupts)
        return follow_and_report(follower, options.results, is_json=options.is_json)


def follow_and_report(follower: SweepFollower, results: Path | None, *, is_json: bool) -> int:
    """Follow a sweep to its end, report on it, and return the command's exit code."""
    started: StartedSweep = follower.started
    screen = follower.screen
    try:
        result = follower.follow()
    except InterruptedByUserError:
        cause = "interrupted; no longer followed"
    except Exception as err:  # a running sweep must be reported, whatever fails here
        cause = f"no longer followed: {describe_error(err)}"
    else:
        return report_sweep(follower.reader, started, result, results, screen, is_json=is_json)
    screen.end_status()
    if follower.account.is_embedded:
        return report_cut_off(started, cause, screen, is_json=is_json)
    is_stopping = follower.is_stopping
    report_unfinished(started, cause, screen, is_json=is_json, is_stopping=is_stopping)
    return EXIT_FAILED
