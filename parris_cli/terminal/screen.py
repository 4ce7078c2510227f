"""What the user sees while a job runs: lines, and on a terminal a status line below them."""

from typing import TextIO

from parris_cli.terminal.plain_text import plain_line, plain_lines
from parris_cli.terminal.wrap import can_redraw, is_terminal, terminal_width, wrap_lines

_PREFIX = "parris  "


class Screen:
    """Writes to a terminal or to a file, never to standard output, which is for the report.

    A stream that can no longer be written to, such as a closed terminal, is ignored from then on:
    nobody sees it, and the job must still be followed to its end.

    Args:
        stream: the output stream, usually standard error; None if it was closed from the start.
        quiet_seconds: the minimum time between two status lines if lines cannot be overwritten.
    """

    def __init__(self, stream: TextIO | None, quiet_seconds: float = 15.0) -> None:
        self._stream = stream
        self._is_terminal = is_terminal(stream)
        self._can_redraw = can_redraw(stream)
        self._quiet_seconds = quiet_seconds
        self._status = ""
        self._status_shown_at = float("-inf")
        self._is_lost = False

    def say(self, text: str) -> None:
        """Write lines from the command itself."""
        lines = plain_lines(text.removesuffix("\n"))
        if self._is_terminal:
            lines = wrap_lines(lines, terminal_width() - len(_PREFIX))
        said = "".join(f"{_PREFIX}{line}\n" for line in lines)
        self._write(f"{self._clearing()}{said}{self._drawing()}")

    def show_log_line(self, line: str) -> None:
        """Write one line of the script's log."""
        self._write(f"{self._clearing()}      | {plain_line(line)}\n{self._drawing()}")

    def show_status(self, text: str, at_seconds: float) -> None:
        """Show the status of the job.

        Args:
            text: one line.
            at_seconds: the time on any monotonic clock.
        """
        if self._can_redraw:
            clearing = self._clearing()
            self._status = plain_line(text)
            self._write(clearing + self._drawing())
        elif at_seconds - self._status_shown_at >= self._quiet_seconds:
            self._status_shown_at = at_seconds
            self.say(text)

    def end_status(self) -> None:
        """Remove the status line."""
        self._write(self._clearing())
        self._status = ""

    def _drawing(self) -> str:
        if not self._can_redraw or not self._status:
            return ""
        return f"{_PREFIX}{self._status}"[: terminal_width()]

    def _clearing(self) -> str:
        return "\r\x1b[K" if self._can_redraw and self._status else ""

    def _write(self, text: str) -> None:
        if self._stream is None or self._is_lost or not text:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self._is_lost = True
