"""The `parris` command."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

_EXIT_FAILED = 1
# Twenty megabytes of garbage at most. Python looks for garbage at 700, which takes longer.
_MOST_NEW_OBJECTS = 200_000
_NOTHING_DONE = "interrupted; no job was started or stopped"


def run() -> int:
    """Run the command as a process of its own, which ends without freeing its objects one by one.

    An embedded AWS has so many that this takes a tenth of a second.
    """
    gc.set_threshold(_MOST_NEW_OBJECTS, *gc.get_threshold()[1:])
    exit_codes: list[int] = []
    atexit.register(_leave, exit_codes)  # registered first, it runs last
    exit_codes.append(main())
    return exit_codes[0]


def _leave(exit_codes: list[int]) -> None:
    """End the process at once, unless an error ends it or something cannot be printed."""
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except (OSError, ValueError):  # Python itself reports that
        return
    if exit_codes:
        os._exit(exit_codes[0])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        with _signals_as_ctrl_c(is_whole_process=arguments is None):
            _let_every_text_be_printed()
            # Imported here: it takes a while, during which a signal may arrive, too.
            from parris_cli.command_line import run_command_line

            return run_command_line(words)
    except KeyboardInterrupt:
        print(f"parris  {_NOTHING_DONE}", file=sys.stderr)
        if "--json" in words:
            from parris_cli.reports.report import refusal_to_json
            from parris_cli.terminal.output import print_json

            print_json(refusal_to_json(_NOTHING_DONE, None))
        return _EXIT_FAILED


@contextmanager
def _signals_as_ctrl_c(*, is_whole_process: bool) -> Iterator[None]:
    """Treat SIGTERM and SIGHUP like Ctrl-C, except one that the shell ignores."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = [getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")]
    before = {
        number: signal.signal(number, end)
        for number in numbers
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            # A process that has printed everything must not end in another way.
            signal.signal(number, signal.SIG_IGN if is_whole_process else handler)


def _let_every_text_be_printed() -> None:
    for stream in (sys.stdout, sys.stderr):
        # A character that the terminal's encoding lacks is no reason to fail.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(run())
