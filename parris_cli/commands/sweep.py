"""`parris sweep`: runs many trainings with different hyperparameters within one budget."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from parris_cli.commands.command import Command, add_detach, add_json, add_place
from parris_cli.commands.job_reference import add_place_of_runs
from parris_cli.commands.sweep_rehearse import SWEEP_REHEARSE

if TYPE_CHECKING:
    from parris_cli.sweeps.show_sweep import OneSweepOptions

_ABOUT = """\
Train one config many times with different hyperparameters, within one budget in US dollars and, if
you want, in hours.

`parris sweep CONFIG` is short for `parris sweep run CONFIG`.
"""

_EXAMPLES = """\
examples:
  parris sweep sweep.json --embedded
          try it on this machine: no account, no cost
  parris sweep sweep.yaml
          in your account; Ctrl-C asks whether to end it, or detaches
  parris sweep status iris
          its trials, the best first
"""

_ABOUT_RUN = """\
Start a sweep and follow it to its end.

CONFIG (.json, .yaml) has the training, its parameters, how they are searched for, and the budget:
docs/sweeps.md explains it. `training` is the config of one training, or the name of a file with it;
scripts and other files that it names are uploaded, as by `parris run`.

At the end the record, a report page and the config of the best trial are written into a folder.
"""

_EXAMPLES_OF_RUN = """\
examples:
  parris sweep run sweep.json --embedded
          on this machine
  parris sweep run sweep.yaml --detach --json | jq -r .sweep_id
          start it and return at once, for scripts

exit codes:
  0  the sweep ended, and at least one trial succeeded (with --detach: it was started)
  1  it ended otherwise, or you detached, or AWS did not respond
  2  it was rejected, or the command line is invalid
"""

_ABOUT_STATUS = """\
Show how a sweep stands: its budget and all its trials, the best first.

SWEEP is the id that `parris sweep` shows, the name of a sweep (its newest run), or an execution
ARN. Sweeps of this machine are remembered in results/.history of the folder where they were
started.
"""

_ABOUT_WATCH = """\
Follow a sweep again, to its end, as `parris sweep run` does: on a terminal with a table of the best
trials and of some that run. Ctrl-C asks whether to end the sweep; without a terminal it detaches.

SWEEP is the id that `parris sweep` shows, the name of a sweep (its newest run), or an execution
ARN. Sweeps of this machine are remembered in results/.history of the folder where they were
started.
"""

_ABOUT_STOP = """\
Request that a sweep ends, and follow it until it has: it starts nothing more, and its trials save
their results and end. Ctrl-C detaches; the sweep ends nevertheless.

SWEEP is the id that `parris sweep` shows, the name of a sweep (its newest run), or an execution
ARN. Sweeps of this machine are remembered in results/.history of the folder where they were
started.
"""

_ABOUT_RESULTS = """\
Write the record of a sweep, its report page and the config of its best trial into a folder, also
while it runs.

SWEEP is the id that `parris sweep` shows, the name of a sweep (its newest run), or an execution
ARN. Sweeps of this machine are remembered in results/.history of the folder where they were
started.
"""

_CODES = """\
exit codes:
  0  done
  1  there is no such deployment, you interrupted it, or AWS did not respond
  2  there is no such sweep, it has ended already (stop), or the command line is invalid
"""


_CODES_OF_WATCH = """\
exit codes:
  0  the sweep ended, and at least one trial succeeded
  1  it ended otherwise, or you detached, or AWS did not respond
  2  there is no such sweep, or the command line is invalid
"""


def with_run(arguments: list[str]) -> list[str]:
    """Return the arguments with the `run` that `parris sweep CONFIG` leaves out."""
    inner = {command.name for command in SWEEP.subcommands} | {"-h", "--help"}
    if arguments[:1] != ["sweep"] or not arguments[1:] or arguments[1] in inner:
        return arguments
    return ["sweep", "run", *arguments[1:]]


def _add_arguments_of_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, metavar="CONFIG", help="the config of the sweep")
    add_place(parser)
    add_detach(parser, "; not with --embedded", what="sweep")
    _add_folder(parser)
    add_json(parser)


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FOLDER",
        help="folder for record, report and config (default: results/<sweep-id>)",
    )


def _add_reference(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sweep", metavar="SWEEP", help="a sweep's id, name or execution ARN")
    add_place_of_runs(parser, "sweeps of `parris sweep run --embedded`")
    add_json(parser)


def _add_arguments_of_stop(parser: argparse.ArgumentParser) -> None:
    _add_reference(parser)
    parser.add_argument("--no-wait", action="store_true", help="do not wait for the sweep to end")
    _add_folder(parser)


def _add_arguments_of_watch(parser: argparse.ArgumentParser) -> None:
    _add_reference(parser)
    _add_folder(parser)


def _add_arguments_of_results(parser: argparse.ArgumentParser) -> None:
    _add_reference(parser)
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="destination folder (default: results/<sweep-id>)",
    )


def _call_run(found: argparse.Namespace) -> int:
    from parris_cli.sweeps.run_sweep import SweepOptions, run_sweep

    return run_sweep(
        SweepOptions(
            source=found.source,
            is_embedded=found.embedded,
            deployment=found.deployment,
            is_json=found.json,
            is_waiting=not found.detach,
            results=found.results,
        )
    )


def _options_of(found: argparse.Namespace) -> OneSweepOptions:
    from parris_cli.sweeps.show_sweep import OneSweepOptions

    return OneSweepOptions(found.sweep, found.deployment, found.json, is_embedded=found.embedded)


def _call_status(found: argparse.Namespace) -> int:
    from parris_cli.sweeps.one_sweep import show_status

    return show_status(_options_of(found))


def _call_watch(found: argparse.Namespace) -> int:
    from parris_cli.sweeps.one_sweep import watch_sweep

    return watch_sweep(replace(_options_of(found), folder=found.results))


def _call_stop(found: argparse.Namespace) -> int:
    from parris_cli.sweeps.one_sweep import stop_sweep

    return stop_sweep(
        replace(_options_of(found), is_waiting=not found.no_wait, folder=found.results)
    )


def _call_results(found: argparse.Namespace) -> int:
    from parris_cli.sweeps.one_sweep import fetch_sweep

    return fetch_sweep(replace(_options_of(found), folder=found.folder))


SWEEP = Command(
    "sweep",
    "run many trainings with different hyperparameters within one budget",
    _ABOUT,
    _EXAMPLES,
    subcommands=(
        Command(
            "run",
            "start a sweep and follow it to its end",
            _ABOUT_RUN,
            _EXAMPLES_OF_RUN,
            _add_arguments_of_run,
            _call_run,
        ),
        SWEEP_REHEARSE,
        Command(
            "status",
            "show the trials of a sweep, the best first",
            _ABOUT_STATUS,
            _CODES,
            _add_reference,
            _call_status,
        ),
        Command(
            "watch",
            "follow a sweep to its end",
            _ABOUT_WATCH,
            _CODES_OF_WATCH,
            _add_arguments_of_watch,
            _call_watch,
        ),
        Command(
            "stop",
            "request that a sweep starts nothing more and ends",
            _ABOUT_STOP,
            _CODES,
            _add_arguments_of_stop,
            _call_stop,
        ),
        Command(
            "results",
            "write record, report page and best config of a sweep",
            _ABOUT_RESULTS,
            _CODES,
            _add_arguments_of_results,
            _call_results,
        ),
    ),
)
