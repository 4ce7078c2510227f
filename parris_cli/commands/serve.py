"""`parris serve`: serves the page of the training API on this machine."""

import argparse

from parris_cli.commands.aws import parse_port
from parris_cli.commands.command import Command, add_place, checked

DEFAULT_PORT = 8477

_ABOUT = """\
Serve the page of the training API on 127.0.0.1 until Ctrl-C: status, upload of a data set with its
violations, start, progress with metric curves, cost against the limit, stop, results.

Each request is signed with your AWS credentials, which the page never sees. With
TrainingApiAuthorization=jwt, set PARRIS_TOKEN to a token of the deployment's issuer.
"""

_EXAMPLES = """\
examples:
  parris serve --embedded
          an embedded AWS with an example, without an account and at no cost
  parris serve --deployment parris
          the deployment in your account, which needs TrainingApi=true
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place(parser)
    parser.add_argument(
        "--port",
        type=checked(parse_port),
        default=DEFAULT_PORT,
        help=f"port on 127.0.0.1 (default: {DEFAULT_PORT}); 0 selects any free port",
    )


def _call(found: argparse.Namespace) -> int:
    from parris_cli.serving.serve import ServeOptions, serve_page

    return serve_page(ServeOptions(found.deployment, found.port, is_embedded=found.embedded))


SERVE = Command(
    "serve",
    "serve the page of the training API",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
