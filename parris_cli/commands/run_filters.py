"""Options that choose runs by their name, their owner and their time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris_cli.commands.command import checked

if TYPE_CHECKING:
    import argparse
    from datetime import datetime


def add_run_filters(parser: argparse.ArgumentParser, since: str | None = None) -> None:
    """Add --name, --who or --mine, and --since.

    Args:
        parser: the command's.
        since: the default of --since.
    """
    parser.add_argument(
        "--name", metavar="PATTERN", help="only jobs of this name; * and ? as in a shell"
    )
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--who", metavar="PERSON", help="only what this person started")
    who.add_argument("--mine", action="store_true", help="only what you started")
    default = "" if since is None else f" (default: {since})"
    parser.add_argument(
        "--since",
        type=checked(parse_since_argument),
        default=since,
        metavar="TIME",
        help=f"only what was submitted since: 90m, 7d, 2031-05-01{default}",
    )


def parse_since_argument(text: str) -> datetime:
    """Return the time that --since names.

    Raises:
        ValueError: saying what was expected.
    """
    # Imported here: it imports what help does not need.
    from parris_cli.runs.query import parse_since

    return parse_since(text)
