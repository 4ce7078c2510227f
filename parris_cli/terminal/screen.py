"""What the user sees while a job runs: lines, and on a terminal a status line below them.

Above the status line there may be a table, which is redrawn with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from parris.plain_text import plain_line, plain_lines
from parris_cli.terminal.capabilities import capabilities_of, columns_of, lines_of
from parris_cli.terminal.cells import cell_width, cut_to_width
from parris_cli.terminal.log_text import log_line
from parris_cli.terminal.style import Span, Style, cut_spans, paint, paint_spans, width_of
from parris_cli.terminal.wrap import wrap_line, wrap_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from parris_cli.terminal.progress import Progress

_PREFIX = "parris  "
_LOG_PREFIX = "      | "
# The longest label is `cleaning up`.
_LABEL_COLUMNS = 13
_NARROW_COLUMNS = 60
_NARROW_INDENT = 2
_QUIET_SECONDS = 180.0
# The status line, and room for a line that was said before.
_LINES_BESIDE_TABLE = 3
# A terminal shows Ctrl-C as ^C behind the status line. A wrapped ^C would move all that is redrawn;
# it may take the last column, which stays free otherwise.
_CTRL_C_COLUMNS = len("^C") - 1


class Screen:
    """Writes to a terminal or to a file, never to standard output, which is for the report.

    A stream that can no longer be written to, such as a closed terminal, is ignored from then on:
    nobody sees it, and the job must still be followed to its end.

    Args:
        stream: where to, usually standard error; None where that was closed from the start.
        is_verbose: show the names of states and other details, too.
        quiet_seconds: where no line can be replaced, the least time between two lines that say how
            far something is.
    """

    def __init__(
        self,
        stream: TextIO | None,
        *,
        is_verbose: bool = False,
        quiet_seconds: float = _QUIET_SECONDS,
    ) -> None:
        self.is_verbose = is_verbose
        self._stream = stream
        self._can = capabilities_of(stream)
        self._quiet_seconds = quiet_seconds
        self._status: Progress | None = None
        self._status_shown_at: float | None = None
        self._table: tuple[str, ...] = ()
        self._drawn_columns: tuple[int, ...] = ()
        self._is_lost = False

    @property
    def can_redraw(self) -> bool:
        """Return whether a table can be shown, which is redrawn when it changes."""
        return self._can.can_redraw

    @property
    def has_blocks(self) -> bool:
        """Return whether a curve may be made of block characters."""
        return self._can.has_blocks

    @property
    def table_size(self) -> tuple[int, int]:
        """Return how many columns and lines a table may have now."""
        return columns_of(self._stream), max(lines_of(self._stream) - _LINES_BESIDE_TABLE, 2)

    def say(self, text: str, label: str = "", style: Style = Style.PLAIN) -> None:
        """Write lines of the command's own.

        Args:
            text: the lines.
            label: a word or two before them.
            style: of the label; of the text where there is no label.
        """
        shown_text = "".join(
            f"{self._paint(_PREFIX, Style.DIM)}{line}\n" for line in self._lines(text, label, style)
        )
        self._replace_status(shown_text)

    def say_details(self, text: str) -> None:
        """Write lines that only who asked for details sees."""
        if self.is_verbose:
            self.say(text, style=Style.DIM)

    def warn(self, text: str) -> None:
        """Write a note about something that is not as it should be."""
        self.say(text, "note", Style.WARNING)

    def show_log_lines(self, lines: Iterable[str]) -> None:
        """Write lines of the script's log."""
        prefix = self._paint(_LOG_PREFIX, Style.DIM)
        has_colour = self._can.has_colour
        shown = "".join(f"{prefix}{log_line(line, has_colour=has_colour)}\n" for line in lines)
        if shown:
            self._replace_status(shown)

    def show_status(self, status: Progress, at_seconds: float, table: Sequence[str] = ()) -> None:
        """Show how far something is.

        Args:
            status: how far.
            at_seconds: the time, by any clock that goes forward.
            table: lines above it, of `table_size` at most, where they can be redrawn.
        """
        if self._can.can_redraw:
            self._status, self._table = status, tuple(table)
            self._replace_status("")
        elif self._status_shown_at is None:
            # What began has just been said.
            self._status_shown_at = at_seconds
        elif at_seconds - self._status_shown_at >= self._quiet_seconds:
            self._status_shown_at = at_seconds
            self.say(status.to_text())

    def end_status(self) -> None:
        """Take the status line and the table away."""
        self._status, self._status_shown_at, self._table = None, None, ()
        self._replace_status("")

    def _lines(self, text: str, label: str, style: Style) -> list[str]:
        lines = plain_lines(text.removesuffix("\n"))
        width = columns_of(self._stream) - len(_PREFIX) if self._can.is_terminal else None
        if not label:
            wrapped = lines if width is None else wrap_lines(lines, width)
            return [self._paint(line, style) for line in wrapped]
        is_narrow = width is not None and width < _NARROW_COLUMNS
        indent = _NARROW_INDENT if is_narrow else _LABEL_COLUMNS
        head = f"{label}  " if is_narrow else f"{label:<{_LABEL_COLUMNS}}"
        lines = [head + lines[0], *(" " * indent + line for line in lines[1:])]
        if width is not None:
            lines = [part for line in lines for part in wrap_line(line, width, indent)]
        painted = self._paint(label, Style.BOLD if style is Style.PLAIN else style)
        return [painted + lines[0].removeprefix(label), *lines[1:]]

    def _paint(self, text: str, style: Style) -> str:
        return paint(text, style, has_colour=self._can.has_colour)

    def _replace_status(self, above: str) -> None:
        """Write what goes above table and status line, and both of them again."""
        drawing, columns = self._drawing()
        self._write(f"{self._clearing()}{above}{drawing}")
        # Afterwards: Ctrl-C may come in between, and what is drawn is to be cleared.
        self._drawn_columns = columns

    def _clearing(self) -> str:
        if not self._drawn_columns:
            return ""
        # A terminal that was made narrower has broken lines into several.
        width = columns_of(self._stream) + 1
        rows = sum(max(columns - 1, 0) // width + 1 for columns in self._drawn_columns) - 1
        return f"\r\x1b[{rows}A\x1b[J" if rows else "\r\x1b[K"

    def _drawing(self) -> tuple[str, tuple[int, ...]]:
        if self._status is None:
            return "", ()
        width = columns_of(self._stream)
        table = [cut_to_width(plain_line(line), width) for line in self._table]
        room = columns_of(self._stream) - len(_PREFIX) - _CTRL_C_COLUMNS
        progress = self._status.to_spans(room, has_blocks=self._can.has_blocks)
        plain = [Span(plain_line(span.text), span.style) for span in progress]
        spans = [Span(_PREFIX, Style.DIM), *cut_spans(plain, room)]
        status = paint_spans(spans, has_colour=self._can.has_colour)
        columns = (*(cell_width(line) for line in table), width_of(spans))
        head = [self._paint(line, Style.BOLD) for line in table[:1]]
        return "".join(f"{line}\n" for line in (*head, *table[1:])) + status, columns

    def _write(self, text: str) -> None:
        if self._stream is None or self._is_lost or not text:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self._is_lost = True
