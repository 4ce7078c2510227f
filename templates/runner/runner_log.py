"""The job's log: a file, the machine's journal, the last lines, metrics, and CloudWatch Logs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Protocol

from runner_lines import Line, Lines
from runner_text import shown_text, without_colours
from runner_wording import counted

# The log must not fill the disk, which also holds the results.
LOG_LIMIT_BYTES = 200 * 1024 * 1024
_LAST_LINES = 20
_LAST_LINE_CHARACTERS = 500
# The end of the output that could not be written to the file is kept in memory.
_UNSTORED_BYTES = 256 * 1024


class LineReader(Protocol):
    """Receives each line; must be fast."""

    def add(self, lines: Sequence[str]) -> None:
        """Add lines without their line ends."""


class Screen(Protocol):
    """Shows each line; must be fast."""

    def show(self, lines: Sequence[str], is_note: bool) -> None:
        """Add lines without their line ends."""


class TrainerLog:
    """Takes the script's output in arbitrary pieces, and the runner's own notes.

    It continues after any failure of file, screen or reader, because a script whose output is not
    read would block.

    Args:
        path: the file for all lines, up to a limit that keeps the disk usable.
        readers: receive each line as well.
        screen: shows each line.
        limit_bytes: the maximum size of the file.
        lines: splits the output into lines.
    """

    def __init__(
        self,
        path: Path,
        readers: Sequence[LineReader],
        screen: Screen,
        limit_bytes: int = LOG_LIMIT_BYTES,
        lines: Lines | None = None,
    ) -> None:
        """Open the file, to append to the output of an earlier start of the machine."""
        self._path = path
        self._readers = readers
        self._screen = screen
        self._lines = lines or Lines()
        self._file: FileIO | None = None
        self._room_bytes = limit_bytes
        self._is_broken = False
        self._unstored: deque[bytes] = deque()
        self._unstored_bytes = 0
        self._unstored_lost_bytes = 0
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        self._lock = threading.Lock()
        self._is_closed = False
        try:
            self._file = path.open("ab", buffering=0)
            self._room_bytes -= path.stat().st_size
        except OSError as error:
            self._break(error)

    def write(self, piece: bytes) -> None:
        """Add a piece of the script's output; a line may come in several pieces."""
        with self._lock:
            if not self._is_closed:
                self._take(self._lines.feed(piece))

    def tick(self) -> None:
        """Log the latest state of a line that is being overwritten; to be called every second."""
        with self._lock:
            if not self._is_closed:
                self._take(self._lines.tick())

    def note(self, text: str, is_reason: bool = False) -> None:
        """Add a note of the runner.

        Args:
            text: the note.
            is_reason: whether it explains the end, so that it is one of the last lines.
        """
        with self._lock:
            if self._is_closed:
                return
            if is_reason or self._lines.is_amid_a_line():
                self._take(self._lines.finish())
            # File names need not be valid UTF-8.
            line = f"parris: {text}".encode(errors="replace")
            self._take([Line(line)], is_note=True, is_last_line=is_reason)

    def last_lines(self) -> list[str]:
        """Return up to 20 lines, the script's last ones, as plain text."""
        with self._lock:
            self._finish()
            return [without_colours(line)[:_LAST_LINE_CHARACTERS] for line in self._last]

    def forget_last_lines(self) -> None:
        """Exclude the output so far from the last lines."""
        with self._lock:
            self._finish()
            self._last.clear()

    def tail(self) -> bytes:
        """Return the end of the log that is only in memory."""
        with self._lock:
            if not self._unstored:
                return b""
            lost = b""
            if self._unstored_lost_bytes:
                lost = f"parris: {counted(self._unstored_lost_bytes, 'byte')} lost\n".encode()
            return lost + b"".join(self._unstored)

    def close(self) -> None:
        """End the log; later output is dropped."""
        with self._lock:
            self._finish()
            self._is_closed = True
            if self._file is not None:
                with suppress(OSError):
                    self._file.close()

    def _finish(self) -> None:
        if not self._is_closed:
            self._take(self._lines.finish())

    def _take(self, lines: list[Line], is_note: bool = False, is_last_line: bool = True) -> None:
        if not lines:
            return
        texts = [shown_text(line.content) for line in lines]
        if is_last_line:
            for line, text in zip(lines[-2 * _LAST_LINES :], texts[-2 * _LAST_LINES :]):
                if line.replaces and self._last:
                    self._last.pop()
                self._last.append(text)
        for reader in self._readers:
            with suppress(Exception):
                reader.add(texts)
        if self._room_bytes > 0:
            with suppress(Exception):
                self._screen.show([without_colours(text) for text in texts], is_note)
        self._store(b"".join(one.content + b"\n" * one.has_end for one in lines))

    def _store(self, piece: bytes) -> None:
        if self._room_bytes <= 0:
            return
        self._room_bytes -= len(piece)
        if self._room_bytes <= 0:
            piece += b"\nparris: the log is full; later output is not kept here\n"
        if self._is_broken or self._file is None:
            self._keep(piece)
            return
        try:
            written = self._file.write(piece)
        except OSError as error:
            # A full disk must not stop the training.
            self._break(error)
            self._keep(piece)
            return
        if written < len(piece):
            self._break(OSError("the disk took a part of a line"))
            self._keep(piece[written:])

    def _break(self, error: OSError) -> None:
        """Keep later output in memory."""
        self._is_broken = True
        note = f"parris: {self._path.name} cannot be written any more: {error}"
        with suppress(Exception):
            self._screen.show([note], is_note=True)
        self._keep(f"\n{note}\n".encode(errors="replace"))

    def _keep(self, piece: bytes) -> None:
        piece = piece[-_UNSTORED_BYTES:]
        self._unstored.append(piece)
        self._unstored_bytes += len(piece)
        while self._unstored_bytes > _UNSTORED_BYTES:
            lost = len(self._unstored.popleft())
            self._unstored_bytes -= lost
            self._unstored_lost_bytes += lost
