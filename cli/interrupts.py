"""Ctrl-C while a job runs: a question first, the way out second."""

import signal
import sys
import threading
from types import FrameType, TracebackType
from typing import Self, TextIO

from cli.errors import InterruptedByUserError


class Interrupts:
    """Inside its `with` block Ctrl-C is noted; a second one, or SIGTERM, raises.

    Args:
        stdin: where an answer comes from.
        stderr: where the question goes to.
    """

    def __init__(self, stdin: TextIO | None = None, stderr: TextIO | None = None) -> None:
        self._stdin = stdin or sys.stdin
        self._stderr = stderr or sys.stderr
        self._noted = threading.Event()
        self._count = 0
        self._before: dict[signal.Signals, object] = {}

    def wait(self, seconds: float) -> bool:
        """Wait so long, less where Ctrl-C comes; return whether one waits for its answer."""
        return self._noted.wait(seconds)

    def asks_to_end(self) -> bool | None:
        """Ask whether to end the job. None means that there is nobody to answer."""
        self._noted.clear()
        if not self._stdin.isatty():
            return None
        print("\nEnd the job now? It saves its results first. [y/N] ", end="", file=self._stderr)
        self._stderr.flush()
        answer = self._stdin.readline()
        return answer.strip().lower() in ("y", "yes") if answer else None

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._count += 1
        if self._count > 1 or number == signal.SIGTERM:
            raise InterruptedByUserError
        self._noted.set()

    def __enter__(self) -> Self:
        """Take the signals over."""
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
