"""What the person sees while a job runs: lines, and on a terminal a status line below them."""

import shutil
from typing import TextIO

from parris_cli.terminal.plain_text import plain_line, plain_lines


class Screen:
    """Writes to a terminal or to a file; never to standard output, which belongs to the report.

    A stream that takes nothing any more, such as a closed terminal, is written to no further:
    nobody sees it, and the job is still to be seen to its end.

    Args:
        stream: where to, usually standard error; None where that was closed from the start.
        quiet_seconds: on what is no terminal, the least time between two status lines.
    """

    def __init__(self, stream: TextIO | None, quiet_seconds: float = 15.0) -> None:
        self._stream = stream
        self._is_terminal = stream is not None and stream.isatty()
        self._quiet_seconds = quiet_seconds
        self._status = ""
        self._status_shown_at = float("-inf")
        self._is_lost = False

    def say(self, text: str) -> None:
        """Write lines of the command's own."""
        lines = [f"parris  {line}\n" for line in plain_lines(text.removesuffix("\n"))]
        self._write(f"{self._clearing()}{''.join(lines)}{self._drawing()}")

    def show_log_line(self, line: str) -> None:
        """Write one line of the script's log."""
        self._write(f"{self._clearing()}      | {plain_line(line)}\n{self._drawing()}")

    def show_status(self, text: str, at_seconds: float) -> None:
        """Show how far the job is.

        Args:
            text: one line.
            at_seconds: the moment, by any clock that goes forward.
        """
        if self._is_terminal:
            clearing = self._clearing()
            self._status = plain_line(text)
            self._write(clearing + self._drawing())
        elif at_seconds - self._status_shown_at >= self._quiet_seconds:
            self._status_shown_at = at_seconds
            self.say(text)

    def end_status(self) -> None:
        """Take the status line away."""
        self._write(self._clearing())
        self._status = ""

    def _drawing(self) -> str:
        if not self._is_terminal or not self._status:
            return ""
        width = shutil.get_terminal_size().columns - 1
        return f"parris  {self._status}"[:width]

    def _clearing(self) -> str:
        return "\r\x1b[K" if self._is_terminal and self._status else ""

    def _write(self, text: str) -> None:
        if self._stream is None or self._is_lost or not text:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self._is_lost = True
