"""Where a command's last word goes: standard output, which belongs to it alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.screen import Screen
    from parris.payloads import Payload


def say_last_word(value: Payload, text: str, screen: Screen, *, is_json: bool) -> None:
    """Print a report: as text, or as one JSON object, with the text beside it on the screen."""
    if is_json:
        print_json(value)
        screen.say(text)
    else:
        print(text, flush=True)


def print_json(value: Payload) -> None:
    """Print one JSON object."""
    print(json.dumps(value, indent=2), flush=True)
