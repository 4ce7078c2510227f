"""Runs a rehearsal so that it is refused or interrupted with a message, and leaves nothing."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from parris_cli.errors import RefusedError
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, refusal_to_json
from parris_cli.terminal.output import print_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from parris_cli.terminal.screen import Screen

_END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_INTERRUPTED = "interrupted: the rehearsal was shut down; nothing is left of it"


def exit_code_of(rehearse: Callable[[], int], screen: Screen, *, is_json: bool) -> int:
    """Rehearse, and return the command's exit code; report a refusal or an interruption."""
    try:
        with _one_interrupt():
            return rehearse()
    except RefusedError as err:
        screen.say(f"not rehearsed: {err}")
        if is_json:
            print_json(refusal_to_json(str(err), err.reason))
        return EXIT_FAILED if err.reason is None else EXIT_REFUSED
    except KeyboardInterrupt:
        screen.say(_INTERRUPTED)
        if is_json:
            print_json(refusal_to_json(_INTERRUPTED, None))
        return EXIT_FAILED


@contextmanager
def _one_interrupt() -> Iterator[None]:
    """Raise at the first signal to end, and let no later one disturb the shutdown."""

    def end(number: int, frame: FrameType | None) -> None:
        for signal_number in _END_SIGNALS:
            signal.signal(signal_number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in _END_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
