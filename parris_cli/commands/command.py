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
    """What a person types, what `--help` says of it, and what it calls.

    `summary` stands in the list of commands, `about` above the options and `examples` below them.
    `call` imports what does the work: boto3 alone takes longer than any help. It returns the exit
    code. `subcommands` stand in place of arguments.
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
    """Add CONFIG, where it goes, what is put over it, and how it is answered."""
    parser.add_argument("config", nargs="?", type=Path, metavar="CONFIG", help="a training config")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--embedded", action="store_true", help="on an embedded AWS on this machine: no account"
    )
    where.add_argument(
        "--deployment",
        metavar="NAME",
        default="parris",
        help="the stack that Parris was deployed as in your account (default: parris)",
    )
    add_set(parser, f"{FORM}; JSON where it can be, else a text")
    add_json(parser)


def add_job_reference(parser: argparse.ArgumentParser) -> None:
    """Add JOB, a job that was started before, and how it is answered."""
    parser.add_argument("job", metavar="JOB", help="its name, its id or its execution's ARN")
    parser.add_argument(
        "--deployment",
        metavar="NAME",
        help="the stack that Parris was deployed as (default: the only one in your account)",
    )
    add_json(parser)


def add_set(parser: argparse.ArgumentParser, form: str) -> None:
    """Add --set for keys of the config."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help=f"put a value over the config's: {form}; may be given again",
    )


def add_results_folder(parser: argparse.ArgumentParser) -> None:
    """Add --results."""
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FOLDER",
        help="where results, log and record go (default: results/<job-id>)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add --json."""
    parser.add_argument(
        "--json", action="store_true", help="one JSON object on standard output, nothing else there"
    )


def checked(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Let argparse show what a ValueError says."""

    def parse_argument(text: str) -> T:
        try:
            return parse(text)
        except ValueError as err:
            raise argparse.ArgumentTypeError(str(err)) from None

    return parse_argument
