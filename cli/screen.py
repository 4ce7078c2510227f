"""What the person sees while a job runs: lines, and on a terminal a status line below them."""

import shutil
from typing import TextIO


class Screen:
    """Writes to a terminal or to a file; never to standard output, which belongs to the report.

    Args:
        stream: where to, usually standard error.
        quiet_seconds: on what is no terminal, the least time between two status lines.
    """

    def __init__(self, stream: TextIO, quiet_seconds: float = 15.0) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._quiet_seconds = quiet_seconds
        self._status = ""
        self._status_shown_at = float("-inf")

    def say(self, text: str) -> None:
        """Write lines of the command's own."""
        self._clear_status()
        for line in text.splitlines() or [""]:
            print(f"parris  {line}", file=self._stream)
        self._draw_status()

    def show_log_line(self, line: str) -> None:
        """Write one line of the script's log."""
        self._clear_status()
        print(f"      | {_printable(line)}", file=self._stream)
        self._draw_status()

    def show_status(self, text: str, at_seconds: float) -> None:
        """Show how far the job is.

        Args:
            text: one line.
            at_seconds: the moment, by any clock that goes forward.
        """
        if self._is_terminal:
            self._clear_status()
            self._status = text
            self._draw_status()
        elif at_seconds - self._status_shown_at >= self._quiet_seconds:
            self._status_shown_at = at_seconds
            self.say(text)

    def end_status(self) -> None:
        """Take the status line away."""
        self._clear_status()
        self._status = ""

    def _draw_status(self) -> None:
        if self._is_terminal and self._status:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"parris  {self._status}"[:width])
        self._stream.flush()

    def _clear_status(self) -> None:
        if self._is_terminal and self._status:
            self._stream.write("\r\x1b[K")


def _printable(line: str) -> str:
    # A script's log must not be able to steer the person's terminal.
    return "".join(char if char.isprintable() or char == "\t" else "\ufffd" for char in line)
