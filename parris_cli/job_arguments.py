"""The arguments that several commands share: which job is meant, where, and how it is answered."""

import argparse
from pathlib import Path

from parris_cli.overrides import FORM


def add_job_arguments(command: argparse.ArgumentParser) -> None:
    """Add CONFIG, where it goes, what is put over it, and how it is answered."""
    command.add_argument("config", nargs="?", type=Path, metavar="CONFIG", help="a training config")
    where = command.add_mutually_exclusive_group()
    where.add_argument(
        "--embedded", action="store_true", help="on an embedded AWS on this machine: no account"
    )
    where.add_argument(
        "--deployment",
        metavar="NAME",
        default="parris",
        help="the stack that Parris was deployed as in your account (default: parris)",
    )
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help=f"put a value over the config's: {FORM}; JSON where it can be, else a text; may be"
        " given again",
    )
    add_json(command)


def add_job_reference(command: argparse.ArgumentParser) -> None:
    """Add JOB, a job that was started before, and how it is answered."""
    command.add_argument("job", metavar="JOB", help="its name, its id or its execution's ARN")
    command.add_argument(
        "--deployment",
        metavar="NAME",
        help="the stack that Parris was deployed as (default: the only one in your account)",
    )
    add_json(command)


def add_results_folder(command: argparse.ArgumentParser) -> None:
    """Add --results."""
    command.add_argument(
        "--results",
        type=Path,
        metavar="FOLDER",
        help="where results, log and record go (default: results/<job-id>)",
    )


def add_json(command: argparse.ArgumentParser) -> None:
    """Add --json."""
    command.add_argument(
        "--json", action="store_true", help="one JSON object on standard output, nothing else there"
    )
