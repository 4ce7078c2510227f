"""`parris sweep rehearse`: rehearses a sweep, and reports on it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from parris_cli.account.early_functions import functions_starting
from parris_cli.errors import RefusedError
from parris_cli.rehearsal.options import RehearseOptions
from parris_cli.rehearsal.shut_down import exit_code_of
from parris_cli.rehearsal.sweeps.options import SweepRehearsalOptions
from parris_cli.rehearsal.sweeps.plan_sweep import refuse_too_many_trials
from parris_cli.reports.report import EXIT_REFUSED
from parris_cli.starting.file_kind import is_script
from parris_cli.starting.read_config import read_object
from parris_cli.sweeps.sweep_files import find_sweep_files
from parris_cli.terminal.output import print_report
from parris_cli.terminal.screen import Screen
from parris_cli.terminal.style import Style

if TYPE_CHECKING:
    from pathlib import Path

    from parris_cli.rehearsal.sweeps.run_sweep_rehearsal import RehearsedSweep


def rehearse_sweep(options: SweepRehearsalOptions) -> int:
    """Rehearse, report on it and return the command's exit code."""
    screen = Screen(sys.stderr)
    return exit_code_of(lambda: _rehearse(options, screen), screen, is_json=options.is_json)


def is_sweep_at(source: Path | None) -> bool:
    """Return whether a file is the config of a sweep, and not that of one job."""
    if source is None or is_script(source):
        return False
    try:
        config = read_object(source)
    except RefusedError:
        return False  # it is reported with everything else
    return {"training", "budget"} <= config.keys()


def rehearse_as_sweep(options: RehearseOptions) -> int:
    """Rehearse a sweep whose config was given as that of one job, with the options of both."""
    defaults = RehearseOptions(
        options.source,
        options.shortest,
        options.longest,
        exit_code=0,
        faults=(),
        usd_per_hour=None,
        settings=(),
        is_json=options.is_json,
        is_verbose=options.is_verbose,
    )
    if options != defaults or options.source is None:
        Screen(sys.stderr).say(
            f"not rehearsed: {options.source} is the config of a sweep, for which only"
            " --training-takes and --json mean something here; see parris sweep rehearse --help"
        )
        return EXIT_REFUSED
    return rehearse_sweep(
        SweepRehearsalOptions(
            options.source, options.shortest, options.longest, is_json=options.is_json
        )
    )


def _rehearse(options: SweepRehearsalOptions, screen: Screen) -> int:
    files = find_sweep_files(options.source)
    refuse_too_many_trials(files)
    with functions_starting():
        # Imported here: it takes a second, which `--help` does not need.
        from parris_cli.rehearsal.sweeps.report_rehearsal import exit_code_of, to_json, to_text
        from parris_cli.rehearsal.sweeps.run_sweep_rehearsal import run_sweep_rehearsal

        rehearsed = run_sweep_rehearsal(options, files, screen)
    exit_code = exit_code_of(rehearsed)
    style = Style.BAD if rehearsed.record is None else Style.PLAIN
    text = to_text(rehearsed)
    print_report(to_json(rehearsed), text, screen, is_json=options.is_json, style=style)
    if options.results is not None and rehearsed.record is not None:
        _write(rehearsed, options.results, screen)
    return exit_code


def _write(rehearsed: RehearsedSweep, folder: Path, screen: Screen) -> None:
    from parris_cli.sweeps.report_sweep import write_files

    for path in write_files(rehearsed.record or {}, rehearsed.best_config, folder, screen):
        screen.say(str(path), "written")
