"""The command line of `parris`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from parris_cli import __version__
from parris_cli.commands.aws import AWS
from parris_cli.commands.command import add_commands
from parris_cli.commands.completion import COMPLETION
from parris_cli.commands.cost import COST
from parris_cli.commands.deploy import DEPLOY
from parris_cli.commands.doctor import DOCTOR
from parris_cli.commands.estimate import ESTIMATE
from parris_cli.commands.experiments import EXPERIMENTS
from parris_cli.commands.help_parser import HelpParser
from parris_cli.commands.image import IMAGE, WITH_INNER_COMMAND
from parris_cli.commands.init import INIT
from parris_cli.commands.list import LIST
from parris_cli.commands.logs import LOGS
from parris_cli.commands.offers import OFFERS
from parris_cli.commands.push import PUSH
from parris_cli.commands.rehearse import REHEARSE
from parris_cli.commands.report import REPORT
from parris_cli.commands.rerun import RERUN
from parris_cli.commands.results import RESULTS
from parris_cli.commands.run import RUN
from parris_cli.commands.schedule import SCHEDULE
from parris_cli.commands.serve import SERVE
from parris_cli.commands.status import STATUS
from parris_cli.commands.stop import STOP
from parris_cli.commands.sweep import SWEEP, with_run
from parris_cli.commands.watch import WATCH

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_COMMANDS = (
    *(INIT, RUN, STATUS, LIST, WATCH, LOGS, RESULTS, REPORT, STOP, RERUN, COST),
    *(SWEEP, EXPERIMENTS, ESTIMATE, OFFERS, REHEARSE),
    *(DEPLOY, DOCTOR, PUSH, SCHEDULE, SERVE, IMAGE, AWS, COMPLETION),
)

_ABOUT = """\
Parris runs one machine-learning training job on AWS and makes sure that it ends.

You give it a config (what to train on what, and what ends it) and a script; it launches the
machine, watches the termination policy that you chose, saves the results and then stops or
deletes everything that it launched.
"""


def run_command_line(arguments: Sequence[str]) -> int:
    """Run the command that the arguments select and return its exit code.

    Help and invalid arguments end the process.
    """
    own, inner = _split_inner_command(list(arguments))
    parser = make_parser(*own[:1])
    if not own:
        parser.print_help(sys.stderr)
        parser.exit(2)
    found = parser.parse_args(with_run(own))
    found.inner_command = inner
    exit_code: int = found.call(found)
    return exit_code


def _split_inner_command(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Return the command's own arguments, and the command that follows `--`, if it takes one."""
    # argparse cannot tell an optional argument before `--` from one behind it.
    if tuple(arguments[:2]) != WITH_INNER_COMMAND or "--" not in arguments:
        return arguments, []
    at = arguments.index("--")
    return arguments[:at], arguments[at + 1 :]


def make_parser(command: str = "") -> argparse.ArgumentParser:
    """Return the parser of all commands, or of one, which takes a tenth of the time.

    Args:
        command: the only command that is wanted; if there is none of that name, all are.
    """
    commands = tuple(one for one in _COMMANDS if one.name == command) or _COMMANDS
    parser = HelpParser(
        prog="parris", description=_ABOUT, epilog="Start with: parris run --embedded"
    )
    parser.add_argument("--version", action="version", version=f"parris {__version__}")
    add_commands(parser, commands)
    return parser
