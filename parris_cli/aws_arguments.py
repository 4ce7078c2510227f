"""The command line of `parris aws`."""

import argparse
from pathlib import Path
from typing import Any

from parris_cli.aws_server import DEFAULT_PORT, AwsEnvOptions, AwsUpOptions
from parris_cli.command_parser import add_command

_LAST_PORT = 65535

_ABOUT = """\
Serve an embedded AWS on this machine: `sam`, `aws` and every other program of AWS's work against
it unmodified, with no account and at no cost.
"""

_UP_ABOUT = """\
Serve an embedded AWS on 127.0.0.1 until Ctrl-C or SIGTERM.

It prints the environment variables that point other programs at it. With --state its account is
kept in a folder for the next time: everything in it but what was running, which ends with it
(executions are recorded as ABORTED, instances as terminated). Open folders of your own only.
"""

_UP_EXAMPLES = """\
examples:
  parris aws up
      an empty account, forgotten at the end
  parris aws up --state ~/.parris-aws
      the account of that folder; a new one where there is none
  eval "$(parris aws env)" && sam build && sam deploy
      in another shell, once it is up
"""


def add_aws(commands: Any) -> None:
    """Add `aws` and its sub-commands to the parser's commands."""
    aws = commands.add_parser(
        "aws", help="serve an embedded AWS for sam, aws and others", description=_ABOUT
    )
    inner = aws.add_subparsers(metavar="COMMAND", required=True)
    up = add_command(
        inner,
        "up",
        summary="serve it until Ctrl-C",
        about=_UP_ABOUT,
        examples=_UP_EXAMPLES,
    )
    env = inner.add_parser("env", help='print its variables, for: eval "$(parris aws env)"')
    for command, is_up in ((up, True), (env, False)):
        command.set_defaults(is_up=is_up)
        command.add_argument(
            "--port",
            type=_port if is_up else _port_of_server,
            default=DEFAULT_PORT,
            help=f"of 127.0.0.1 (default: {DEFAULT_PORT}); for up, 0 is any that is free",
        )
    up.add_argument(
        "--machines",
        type=_count,
        metavar="N",
        help="instances that run at once, as processes; the others wait, as EC2's `pending`"
        " (default: two for each core, at least 4)",
    )
    up.add_argument(
        "--state", type=Path, metavar="FOLDER", help="where its account is kept between two runs"
    )


def aws_options(found: argparse.Namespace) -> AwsUpOptions | AwsEnvOptions:
    """Return what the command line asks for."""
    return (
        AwsUpOptions(found.port, found.state, found.machines)
        if found.is_up
        else AwsEnvOptions(found.port)
    )


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > _LAST_PORT:
        raise argparse.ArgumentTypeError(
            f"found {text!r}, expected a port: a whole number from 0 to {_LAST_PORT}"
        )
    return int(text)


def _port_of_server(text: str) -> int:
    port = _port(text)
    if port == 0:
        raise argparse.ArgumentTypeError("found '0', expected the port that a server listens on")
    return port
