"""The parser of one command: its line in the list of commands, its help and its examples."""

import argparse
from typing import Any


def add_command(
    commands: Any, name: str, *, summary: str, about: str, examples: str
) -> argparse.ArgumentParser:
    """Add a command and return its parser.

    Args:
        commands: where to, as argparse's `add_subparsers` returns it.
        name: what a person types.
        summary: what it does, for the list of commands.
        about: what it does, above its options.
        examples: what stands below them, as it is written.
    """
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=about,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser
