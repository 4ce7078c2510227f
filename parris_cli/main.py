"""The `parris` command."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

_EXIT_FAILED = 1
_NOTHING_DONE = "interrupted; no job was started or stopped"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        with _told_to_end(is_whole_process=arguments is None):
            _let_every_text_be_printed()
            # Imported here: it takes a while, in which a signal may come, too.
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
def _told_to_end(*, is_whole_process: bool) -> Iterator[None]:
    """Let SIGTERM and SIGHUP be as Ctrl-C, but for one that the shell has switched off."""

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
            # A process that has said all and ends by itself is not to end in another way.
            signal.signal(number, signal.SIG_IGN if is_whole_process else handler)


def _let_every_text_be_printed() -> None:
    for stream in (sys.stdout, sys.stderr):
        # What the terminal's encoding has no letters for is no reason to end.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
