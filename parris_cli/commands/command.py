"""One command of `parris`, and the arguments that several commands share."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from parris_cli.starting.overrides import FORM

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Command:
    """What a user types, what `--help` says, and what is called.

    `summary` appears in the list of commands, `about` above the options and `examples` below them.
    `call` imports the modules that do the work, because importing boto3 takes longer than printing
    help. It returns the exit code. A command has either `subcommands` or arguments.
    """

    name: str
    summary: str
    about: str
    examples: str = ""
    add_arguments: Callable[[argparse.ArgumentParser], None] = lambda parser: None
    call: Callable[[argparse.Namespace], int] | None = None
    subcommands: tuple[Command, ...] = ()


def add_commands(parser: argparse.ArgumentParser, commands: tuple[Command, ...]) -> None:
    """Add commands to a parser, with their subcommands."""
    places = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in commands:
        added = places.add_parser(
            command.name,
            help=command.summary,
            description=command.about,
            epilog=command.examples or None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(added)
        added.set_defaults(call=command.call)
        if command.subcommands:
            add_commands(added, command.subcommands)


def add_job_arguments(parser: argparse.ArgumentParser) -> None:
    """Add CONFIG, where it runs, its overrides and --json."""
    parser.add_argument("config", nargs="?", type=Path, metavar="CONFIG", help="a training config")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--embedded", action="store_true", help="use an embedded AWS on this machine: no account"
    )
    where.add_argument(
        "--deployment",
        metavar="NAME",
        default="parris",
        help="the stack name of Parris in your account (default: parris)",
    )
    add_set(parser, f"{FORM}; JSON where possible, else text")
    add_json(parser)


def add_job_reference(parser: argparse.ArgumentParser) -> None:
    """Add JOB, which names a started job, and --json."""
    parser.add_argument("job", metavar="JOB", help="a job's name, job id or execution ARN")
    parser.add_argument(
        "--deployment",
        metavar="NAME",
        help="the stack name of Parris (default: the only one in your account)",
    )
    add_json(parser)


def add_set(parser: argparse.ArgumentParser, form: str) -> None:
    """Add --set for keys of the config."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help=f"override a value of the config: {form}; can be repeated",
    )


def add_results_folder(parser: argparse.ArgumentParser) -> None:
    """Add --results."""
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FOLDER",
        help="folder for results, log and record (default: results/<job-id>)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add --json."""
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object on standard output, and nothing else",
    )


def add_verbose(parser: argparse.ArgumentParser) -> None:
    """Add --verbose."""
    parser.add_argument(
        "--verbose",
        "-v",
        action="store_true",
        help="show the names of states, the whole quote and how the cost is made up, too",
    )


def checked(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Make argparse show the message of a ValueError."""

    def parse_argument(text: str) -> T:
        try:
            return parse(text)
        except ValueError as err:
            raise argparse.ArgumentTypeError(str(err)) from None

    return parse_argument
