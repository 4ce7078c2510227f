"""Prints the report of a command on standard output, which nothing else writes to."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from parris_cli.terminal.plain_text import plain_lines
from parris_cli.terminal.wrap import is_terminal, terminal_width, wrap_lines

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris_cli.terminal.screen import Screen


def print_report(value: Payload, text: str, screen: Screen, *, is_json: bool) -> None:
    """Print a report: as text, or as one JSON object, with the text on the screen."""
    if is_json:
        print_json(value)
        screen.say(text)
    elif not _print_lines(text):
        screen.say(text)


def print_json(value: Payload) -> None:
    """Print one JSON object."""
    # JSON leaves one ASCII control character unescaped.
    _print(json.dumps(value, indent=2).replace("\x7f", "\\u007f"))


def print_text(text: str) -> None:
    """Print text for people on standard output."""
    _print_lines(text)


def _print_lines(text: str) -> bool:
    lines = plain_lines(text)
    return _print(
        "\n".join(wrap_lines(lines, terminal_width()) if is_terminal(sys.stdout) else lines)
    )


def _print(text: str) -> bool:
    """Print, and return whether somebody is still reading."""
    try:
        print(text, flush=True)
    except (OSError, ValueError):
        _give_up_stdout()
        return False
    return True


def _give_up_stdout() -> None:
    # Otherwise Python itself complains about the broken pipe when it ends.
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return
