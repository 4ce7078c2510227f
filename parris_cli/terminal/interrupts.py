"""Signals that ask the command to end: the first one asks a question, the second one exits."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self, TextIO

from parris_cli.errors import InterruptedByUserError

# Windows has no SIGHUP.
_HANGUP: signal.Signals | None = getattr(signal, "SIGHUP", None)
END_SIGNALS = tuple(
    number for number in (signal.SIGINT, signal.SIGTERM, _HANGUP) if number is not None
)

END_JOB = "End the job now? It saves its results first."


class Interrupts:
    """Inside its `with` block Ctrl-C is noted; a second one, SIGTERM or SIGHUP raises.

    After a question that was answered with no, the next Ctrl-C is a first one again.

    If the job ends with the command, SIGTERM and SIGHUP act like Ctrl-C with nobody to respond, so
    that the job is saved. What raises then is the last signal that has an effect, because the
    cleanup must not be disturbed.

    Args:
        stdin: where the response is read from.
        stderr: where the question is written to.
        ends_job: whether the job ends with this command.
    """

    def __init__(
        self, stdin: TextIO | None = None, stderr: TextIO | None = None, *, ends_job: bool = False
    ) -> None:
        self._stdin: TextIO | None = stdin or sys.stdin
        self._stderr: TextIO | None = stderr or sys.stderr
        self._ends_job = ends_job
        self._noted = threading.Event()
        self._count = 0
        self._is_at_once = False
        self._is_held = False
        self._is_closing = False
        self._has_nobody_to_answer = False
        self._before: dict[signal.Signals, object] = {}

    def wait(self, seconds: float) -> bool:
        """Wait, or return early on Ctrl-C; return whether a Ctrl-C is pending."""
        return self._noted.wait(seconds)

    def asks_to_end(self, question: str = END_JOB) -> bool | None:
        """Ask whether to end the job. None means that there is nobody to respond."""
        self._noted.clear()
        try:
            # Python has no stream if it was closed from the start.
            if self._stdin is None or self._has_nobody_to_answer or not self._stdin.isatty():
                return None
            print(f"\n{question} [y/N] ", end="", file=self._stderr, flush=True)
            answer = self._stdin.readline()
        except (OSError, ValueError):  # the terminal is gone
            return None
        return answer.strip().lower() in ("y", "yes") if answer else None

    def should_end(self, question: str = END_JOB, *, outlives_command: bool) -> bool:
        """Return whether to end what runs, by the response to a question.

        With nobody to respond, it is ended if it could not outlive this command.

        Raises:
            InterruptedByUserError: with nobody to respond, if it outlives this command.
        """
        is_wanted = self.asks_to_end(question)
        if is_wanted is None and outlives_command:
            raise InterruptedByUserError
        if is_wanted is False:
            # It goes on: the next Ctrl-C asks again.
            self._count = 0
        return is_wanted is not False

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Raise at the first signal: there is nothing to ask about yet, or no longer."""
        before, self._is_at_once = self._is_at_once, True
        try:
            if self._noted.is_set():
                self._leave()
            yield
        finally:
            self._is_at_once = before

    @contextmanager
    def held(self) -> Iterator[None]:
        """Delay the first signal to the end of the block, which must not be interrupted."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        if self._noted.is_set() and self._has_nobody_to_answer and not self._ends_job:
            self._leave()

    def close(self) -> None:
        """Ignore all later signals."""
        self._is_closing = True

    def _note(self, number: int, frame: FrameType | None) -> None:
        # A terminal that closes may signal it twice, by itself and by its shell.
        is_repeated = number == _HANGUP and self._has_nobody_to_answer
        if self._is_closing or is_repeated:
            return
        self._count += 1
        should_notify = number != signal.SIGINT
        self._has_nobody_to_answer |= should_notify
        self._noted.set()
        is_way_out = should_notify and not self._ends_job and not self._is_held
        if self._is_at_once or self._count > 1 or is_way_out:
            self._leave()

    def _leave(self) -> None:
        self._is_closing = self._ends_job
        raise InterruptedByUserError

    def __enter__(self) -> Self:
        """Handle the signals, except a SIGHUP that `nohup` ignores."""
        for number in END_SIGNALS:
            if number != _HANGUP or signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Restore the previous handlers."""
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
