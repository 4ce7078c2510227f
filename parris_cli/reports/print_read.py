"""Runs a command that only reads: prints what it found, or why there is nothing."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris_cli.aws_errors import describe_error
from parris_cli.errors import RefusedError
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.terminal.output import print_json, print_painted
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from parris.payloads import Payload
    from parris_cli.terminal.style import Span


@dataclass(frozen=True, slots=True)
class Found:
    """What a command shows: `value` for programs, `lines` for people."""

    value: Payload
    lines: Iterable[Iterable[Span]]


def print_read(read: Callable[[], Found], *, is_json: bool) -> int:
    """Print what was read, and return the command's exit code."""
    try:
        found = read()
    except KeyboardInterrupt:
        raise
    except Exception as err:  # whatever it is, nothing was changed
        is_refused = isinstance(err, RefusedError) and err.reason is not None
        Screen(sys.stderr).say(message := describe_error(err))
        if is_json:
            print_json({"cause": message})
        return EXIT_REFUSED if is_refused else EXIT_FAILED
    if is_json:
        print_json(found.value)
    else:
        print_painted(found.lines)
    return EXIT_SUCCEEDED
