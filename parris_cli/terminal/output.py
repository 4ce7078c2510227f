"""Prints the report of a command on standard output, which nothing else writes to."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from parris.plain_text import plain_line, plain_lines
from parris_cli.terminal.capabilities import capabilities_of, columns_of
from parris_cli.terminal.style import Span, Style, paint, paint_spans, width_of
from parris_cli.terminal.wrap import wrap_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parris.payloads import Payload
    from parris_cli.terminal.screen import Screen


def print_report(
    value: Payload, text: str, screen: Screen, *, is_json: bool, style: Style = Style.PLAIN
) -> None:
    """Print a report: as text, or as one JSON object, with the text beside it on the screen.

    Args:
        value: the report for programs.
        text: the report for people.
        screen: where the text goes where standard output is the program's, or is gone.
        is_json: print `value`.
        style: of the text's first line.
    """
    if is_json:
        print_json(value)
    if is_json or not _print_lines(text, style):
        head, line_end, rest = text.partition("\n")
        screen.say(head, style=style)
        if line_end:
            screen.say(rest)


def print_json(value: Payload) -> None:
    """Print one JSON object."""
    # JSON leaves one ASCII control character unescaped.
    _print(json.dumps(value, indent=2).replace("\x7f", "\\u007f"))


def print_text(text: str) -> None:
    """Print text for people on standard output."""
    _print_lines(text, Style.PLAIN)


def print_painted(lines: Iterable[Iterable[Span]]) -> None:
    """Print lines in pieces, each with its style, for people on standard output."""
    stdout = sys.stdout
    can, width = capabilities_of(stdout), columns_of(stdout)
    shown: list[str] = []
    for line in lines:
        spans = [Span(plain_line(span.text), span.style) for span in line]
        if can.is_terminal and width_of(spans) > width:
            shown += wrap_lines(["".join(span.text for span in spans)], width)
        else:
            shown.append(paint_spans(spans, has_colour=can.has_colour))
    if shown:
        _print("\n".join(shown))


def report_columns() -> int | None:
    """Return how wide the lines of a report may be; None where no terminal shows it."""
    return columns_of(sys.stdout) if capabilities_of(sys.stdout).is_terminal else None


def _print_lines(text: str, style: Style) -> bool:
    stdout = sys.stdout
    lines, can = plain_lines(text), capabilities_of(stdout)
    head, rest = lines[:1], lines[1:]
    if can.is_terminal:
        width = columns_of(stdout)
        head, rest = wrap_lines(head, width), wrap_lines(rest, width)
    head = [paint(line, style, has_colour=can.has_colour) for line in head]
    return _print("\n".join([*head, *rest]))


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
