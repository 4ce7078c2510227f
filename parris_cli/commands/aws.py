"""`parris aws`: serves the embedded AWS for `sam`, `aws` and other programs."""

import argparse
from pathlib import Path

from parris_cli.aws_server.default_port import DEFAULT_PORT
from parris_cli.commands.command import Command, checked
from parris_cli.commands.counts import parse_count

_LAST_PORT = 65535

_ABOUT = """\
Serve an embedded AWS on this machine: `sam`, `aws` and every other AWS tool work with it
unmodified, without an account and at no cost.
"""

_UP_ABOUT = """\
Serve an embedded AWS on 127.0.0.1 until Ctrl-C or SIGTERM.

It prints the environment variables that point other programs to it. With --state, the account is
stored in a folder and used again the next time. Whatever is still running at the end is ended:
executions are recorded as ABORTED, instances as terminated. Use only folders that you trust.
"""

_UP_EXAMPLES = """\
examples:
  parris aws up
          an empty account, discarded at the end
  parris aws up --state ~/.parris-aws
          the account in that folder; a new one if the folder is empty
  eval "$(parris aws env)" && sam build && sam deploy
          in another shell, once the server is up
"""


def _add_up_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        type=checked(parse_port),
        default=DEFAULT_PORT,
        help=f"port on 127.0.0.1 (default: {DEFAULT_PORT}); 0 selects any free port",
    )
    parser.add_argument(
        "--machines",
        type=checked(parse_count),
        metavar="N",
        help="instances that run at once, as processes; others wait in EC2's state `pending`"
        " (default: two for each core, at least 4)",
    )
    parser.add_argument(
        "--state", type=Path, metavar="FOLDER", help="folder in which the account is stored"
    )


def _add_env_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        type=checked(_port_of_server),
        default=DEFAULT_PORT,
        help=f"port on 127.0.0.1 (default: {DEFAULT_PORT})",
    )


def _up(found: argparse.Namespace) -> int:
    from parris_cli.aws_server.serve import AwsUpOptions, serve_aws

    return serve_aws(AwsUpOptions(found.port, found.state, found.machines))


def _env(found: argparse.Namespace) -> int:
    from parris_cli.aws_server.serve import AwsEnvOptions, print_environment

    return print_environment(AwsEnvOptions(found.port))


def parse_port(text: str) -> int:
    """Return the port that a text names.

    Raises:
        ValueError: when it names none.
    """
    if not (text.isascii() and text.isdigit()) or int(text) > _LAST_PORT:
        raise ValueError(f"found {text!r}, expected a port: a whole number from 0 to {_LAST_PORT}")
    return int(text)


def _port_of_server(text: str) -> int:
    port = parse_port(text)
    if port == 0:
        raise ValueError("found '0', expected the port of a running server")
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
            'Print the variables of the running server, for: eval "$(parris aws env)"\n',
            add_arguments=_add_env_arguments,
            call=_env,
        ),
    ),
)
