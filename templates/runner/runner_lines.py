"""Turns a script's output into lines, as a terminal would display them.

A progress bar overwrites its own line: a carriage return moves the cursor to the start of the line,
and `ESC [ n A` to a line above. Each state replaces the one before. Every few seconds the current
state becomes a line of the log, and so does the final one.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

PIECE_BYTES = 8192
"""Longer lines are split: the size of CloudWatch Logs events is limited, and so is memory."""

STATE_SECONDS = 5.0
"""How often a line that is being overwritten becomes a line of the log."""

_ROWS = 32
_LONGEST_CHARACTER_BYTES = 4
# Carriage return, line feed, and cursor movements up (A, F), down (B, E), to column one (G).
_MOVE = re.compile(rb"\r|\n|\x1b\[[0-9]{0,3}[ABEF]|\x1b\[[01]?G")
_OPEN_MOVE = re.compile(rb"\x1b(?:\[[0-9]{0,3})?\Z")
_LONGEST_MOVE_BYTES = 6
_NO_TEXT = re.compile(rb"(?:\x1b\[[0-?]*[ -/]*[@-JL-~])+\Z")
_ERASED = re.compile(rb"(?:\s|\x1b\[[0-2]?K)+\Z")


@dataclass(frozen=True)
class Line:
    """One line, or a piece of one.

    `has_end` is false if more pieces of the same line follow. `replaces` is true for a later state
    of the line that was returned last.
    """

    content: bytes
    has_end: bool = True
    replaces: bool = False


@dataclass
class _Row:
    """A row of the screen.

    `before` is its content when the cursor moved back to its start, `shown` the state that was
    returned last, and `due_at` when the next state may be returned.
    """

    current: bytes = b""
    before: bytes = b""
    shown: bytes | None = None
    due_at: float | None = None
    has_pieces: bool = False

    @property
    def state(self) -> bytes:
        """Return the content of the row."""
        # Colours, and sequences such as the one that shows the cursor, do not change the text.
        is_text = self.current and not _NO_TEXT.match(self.current)
        return self.current if is_text or not self.before else self.before

    def go_to_start(self, clock: Callable[[], float]) -> None:
        """Let the next output replace the content of the row."""
        self.before, self.current = self.state, b""
        if self.due_at is None:
            self.due_at = clock() + STATE_SECONDS


class Lines:
    """The output of a script: complete lines, and rows that can still change.

    Args:
        clock: returns the elapsed seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with one empty row."""
        self._clock = clock
        self._rows = [_Row()]
        self._at = 0
        self._above: deque[bytes] = deque(maxlen=_ROWS)
        self._open_move = b""
        self._has_new_output = False
        self._last_shown: _Row | None = None

    def feed(self, piece: bytes) -> list[Line]:
        """Add a piece of output, and return the lines that it completes."""
        self._has_new_output = True
        if self._open_move:
            piece, self._open_move = self._open_move + piece, b""
        is_plain = len(self._rows) == 1 and self._rows[0].due_at is None
        if is_plain and b"\r" not in piece and b"\x1b" not in piece:
            return self._plain_lines(piece)
        open_move = _OPEN_MOVE.search(piece, max(0, len(piece) - _LONGEST_MOVE_BYTES))
        if open_move is not None:
            self._open_move, piece = open_move.group(), piece[: open_move.start()]
        found: list[Line] = []
        start = 0
        for move in _MOVE.finditer(piece):
            found += self._write(piece[start : move.start()])
            found += self._move(move.group())
            start = move.end()
        found += self._write(piece[start:])
        return found + self._due_states(is_whole=False)

    def tick(self) -> list[Line]:
        """Return the states that are due; to be called about once per second."""
        is_whole, self._has_new_output = not self._has_new_output, False
        return self._due_states(is_whole)

    def finish(self) -> list[Line]:
        """Return everything that was not returned yet, as if all rows ended here."""
        found = self._write(self._open_move)
        self._open_move = b""
        for row in self._rows:
            if row.state or row.has_pieces:
                found += self._end(row)
        self._rows, self._at = [_Row()], 0
        return found

    def is_amid_a_line(self) -> bool:
        """Return whether pieces of an incomplete line were returned."""
        return any(row.has_pieces for row in self._rows)

    def _plain_lines(self, piece: bytes) -> list[Line]:
        """Do the work of `feed` quickly for output that does not move the cursor."""
        row = self._rows[0]
        *ended, rest = (row.current + piece).split(b"\n")
        found: list[Line] = []
        for content in ended:
            if len(content) > PIECE_BYTES:
                row.current = content
                found += self._cut(row)
                content = row.current
            found.append(Line(content))
        if ended:
            self._above.extend(ended[-_ROWS:])
            self._rows[0] = row = _Row()
            self._last_shown = None
        row.current = rest
        return found + self._cut(row)

    def _write(self, text: bytes) -> list[Line]:
        if not text:
            return []
        row = self._rows[self._at]
        row.current += text
        return self._cut(row)

    def _cut(self, row: _Row) -> list[Line]:
        found = []
        while len(row.current) > PIECE_BYTES:
            at = piece_end(row.current)
            found.append(Line(row.current[:at], has_end=False))
            row.current = row.current[at:]
            row.has_pieces = True
        return found

    def _move(self, move: bytes) -> list[Line]:
        kind = move[-1:]
        if kind == b"\n" and self._at + 1 == len(self._rows):
            return self._end_rows()
        self._rows[self._at].go_to_start(self._clock)
        if kind in b"AF":
            self._go_up(min(int(move[2:-1] or b"1"), _ROWS))
        elif kind in b"BE":
            self._at = min(self._at + int(move[2:-1] or b"1"), len(self._rows) - 1)
        elif kind == b"\n":
            self._at += 1
        self._rows[self._at].go_to_start(self._clock)
        return []

    def _go_up(self, count: int) -> None:
        while self._at < count and self._above:
            content = self._above.pop()
            self._rows.insert(0, _Row(before=content, shown=content))
            self._at += 1
        self._at = max(0, self._at - count)

    def _end_rows(self) -> list[Line]:
        found = [line for row in self._rows for line in self._end(row)]
        self._above.extend(row.state for row in self._rows)
        self._rows, self._at = [_Row()], 0
        return found

    def _end(self, row: _Row) -> list[Line]:
        is_erased = row.due_at is not None and _ERASED.match(row.state)
        if not row.has_pieces and (row.state == row.shown or is_erased):
            return []
        return [self._show(row, row.state)]

    def _due_states(self, is_whole: bool) -> list[Line]:
        now = self._clock()
        found = []
        for row in self._rows:
            # While a state is being written, the one before it is the last complete one.
            state = row.state if is_whole else row.before
            is_due = row.due_at is not None and now >= row.due_at and not row.has_pieces
            if is_due and state != row.shown and state and not _ERASED.match(state):
                found.append(self._show(row, state))
                row.due_at = now + STATE_SECONDS
        return found

    def _show(self, row: _Row, state: bytes) -> Line:
        replaces = row is self._last_shown
        row.shown, self._last_shown = state, row
        return Line(state, replaces=replaces)


def piece_end(line: bytes) -> int:
    """Return where to split a line that is too long, between two characters."""
    for at in range(PIECE_BYTES, PIECE_BYTES - _LONGEST_CHARACTER_BYTES, -1):
        if line[at] & 0xC0 != 0x80:
            return at
    return PIECE_BYTES
