"""One command of `parris`, and the arguments that several commands share."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from parris_cli.starting.job_options import JobOptions, parse_cost_limit, parse_time_limit
from parris_cli.starting.overrides import FORM

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Command:
    """What a user types, what `--help` says, and what is called.

    `summary` appears in the list of commands, `about` above the options and `examples` below them.
    `call` imports the modules that do the work, because importing boto3 takes longer than printing
    help. It returns the exit code. A command with `subcommands` and no `call` needs one of them.
    """

    name: str
    summary: str
    about: str
    examples: str = ""
    add_arguments: Callable[[argparse.ArgumentParser], None] = lambda parser: None
    call: Callable[[argparse.Namespace], int] | None = None
    subcommands: tuple[Command, ...] = ()


def add_commands(
    parser: argparse.ArgumentParser, commands: tuple[Command, ...], *, is_required: bool = True
) -> None:
    """Add commands to a parser, with their subcommands."""
    metavar = "COMMAND" if is_required else "[COMMAND]"
    places = parser.add_subparsers(metavar=metavar, required=is_required)
    for command in commands:
        added = places.add_parser(
            command.name,
            help=command.summary,
            description=command.about,
            epilog=command.examples or None,
        )
        command.add_arguments(added)
        added.set_defaults(call=command.call, parser=added)
        if command.subcommands:
            add_commands(added, command.subcommands, is_required=command.call is None)


def add_job_arguments(parser: argparse.ArgumentParser) -> None:
    """Add CONFIG or SCRIPT, where it runs, its overrides and --json."""
    add_job_source(parser)
    add_place(parser)
    add_set(parser, f"{FORM}; JSON where possible, else text")
    add_json(parser)


def add_place(parser: argparse.ArgumentParser) -> None:
    """Add --embedded and --deployment for what starts something."""
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


def add_job_source(parser: argparse.ArgumentParser) -> None:
    """Add CONFIG or SCRIPT, and the options that describe a job without a config."""
    parser.add_argument(
        "source",
        nargs="?",
        type=Path,
        metavar="CONFIG|SCRIPT",
        help="a training config (.json, .yaml), or a script (.py, .sh) that is run without one;"
        " the default job's config if it is left out",
    )
    add_job_options(parser)


def add_job_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that describe a job without a config."""
    job = parser.add_argument_group("the job", "without a config, or over the config's values")
    job.add_argument(
        "--instance-type",
        action="append",
        default=[],
        metavar="TYPE",
        help="what to train on, such as g5.xlarge; given again, the next that is tried",
    )
    job.add_argument(
        "--time-limit",
        type=checked(parse_time_limit),
        metavar="TIME",
        help="the machine is gone by then: 10h, 90m, 2d, 1h30m",
    )
    job.add_argument(
        "--cost-limit",
        type=checked(parse_cost_limit),
        metavar="USD",
        help="the job costs no more than that",
    )


def job_options(found: argparse.Namespace) -> JobOptions:
    """Return what the options of `add_job_options` say."""
    return JobOptions(tuple(found.instance_type), found.time_limit, found.cost_limit)


def add_deployment(parser: argparse._ActionsContainer) -> None:
    """Add --deployment for what was started before."""
    parser.add_argument(
        "--deployment",
        metavar="NAME",
        help="the stack name of Parris (default: the only one in your account)",
    )


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


def add_detach(parser: argparse.ArgumentParser, but: str = "", *, what: str = "job") -> None:
    """Add --detach."""
    parser.add_argument(
        "--detach",
        "-d",
        action="store_true",
        help=f"return as soon as the {what} is started{but}",
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
