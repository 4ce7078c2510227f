"""The arguments that say which job is meant, and where."""

import argparse
from pathlib import Path

from cli.overrides import FORM


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
    command.add_argument(
        "--json", action="store_true", help="one JSON object on standard output, nothing else there"
    )
