"""`parris aws`: serves the embedded AWS for `sam`, `aws` and others."""

import argparse
from pathlib import Path

from parris_cli.commands.command import Command, checked

DEFAULT_PORT = 4577
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


def _add_up_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        type=checked(_port),
        default=DEFAULT_PORT,
        help=f"of 127.0.0.1 (default: {DEFAULT_PORT}); 0 is any that is free",
    )
    parser.add_argument(
        "--machines",
        type=checked(_count),
        metavar="N",
        help="instances that run at once, as processes; the others wait, as EC2's `pending`"
        " (default: two for each core, at least 4)",
    )
    parser.add_argument(
        "--state", type=Path, metavar="FOLDER", help="where its account is kept between two runs"
    )


def _add_env_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        type=checked(_port_of_server),
        default=DEFAULT_PORT,
        help=f"of 127.0.0.1 (default: {DEFAULT_PORT})",
    )


def _up(found: argparse.Namespace) -> int:
    from parris_cli.aws_server.serve import AwsUpOptions, serve_aws

    return serve_aws(AwsUpOptions(found.port, found.state, found.machines))


def _env(found: argparse.Namespace) -> int:
    from parris_cli.aws_server.serve import AwsEnvOptions, print_environment

    return print_environment(AwsEnvOptions(found.port))


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ValueError(f"found {text!r}, expected a whole number from 1 on")
    return int(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > _LAST_PORT:
        raise ValueError(f"found {text!r}, expected a port: a whole number from 0 to {_LAST_PORT}")
    return int(text)


def _port_of_server(text: str) -> int:
    port = _port(text)
    if port == 0:
        raise ValueError("found '0', expected the port that a server listens on")
    return port


AWS = Command(
    "aws",
    "serve an embedded AWS for sam, aws and others",
    _ABOUT,
    subcommands=(
        Command("up", "serve it until Ctrl-C", _UP_ABOUT, _UP_EXAMPLES, _add_up_arguments, _up),
        Command(
            "env",
            'print its variables, for: eval "$(parris aws env)"',
            'Print the variables of the server that runs, for: eval "$(parris aws env)"\n',
            add_arguments=_add_env_arguments,
            call=_env,
        ),
    ),
)
