"""The job's log: a file, the machine's journal, the last lines, and CloudWatch Logs."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Protocol

from runner_wording import counted

# A disk that a log has filled cannot hold results any more.
LOG_LIMIT_BYTES = 200 * 1024 * 1024
_LAST_LINES = 20
_LAST_LINE_CHARACTERS = 500
_LINE_LIMIT_BYTES = 8192
# Control characters that logs refuse or terminals obey; tab and escape (colours) stay.
_UNPRINTABLE = {code: "\ufffd" for code in (*range(32), 127) if code not in (9, 27)}


# What the file could not take is kept in memory, the last of it.
_UNSTORED_BYTES = 256 * 1024


class LineReader(Protocol):
    """Somebody who is told each line; must be quick, and raise nothing."""

    def add(self, line: str) -> None:
        """Take one line, without its end."""


class Screen(Protocol):
    """Somebody who shows each line; must be quick, and raise nothing."""

    def show(self, line: str, is_note: bool) -> None:
        """Take one line, without its end."""


class TrainerLog:
    """Takes the script's output in any pieces, and the runner's own notes.

    Nothing that happens to the file, the screen or the reader ends the taking: a script whose
    output nobody takes would stand still.

    Args:
        path: the file that holds every byte, up to a limit that keeps the disk usable.
        reader: told each line as well.
        screen: shows each line.
        limit_bytes: how much the file may hold.
    """

    def __init__(
        self,
        path: Path,
        reader: LineReader,
        screen: Screen,
        limit_bytes: int = LOG_LIMIT_BYTES,
    ) -> None:
        """Open the file, after what an earlier start of the machine wrote."""
        self._path = path
        self._reader = reader
        self._screen = screen
        self._file: FileIO | None = None
        self._room_bytes = limit_bytes
        self._is_broken = False
        self._unstored: deque[bytes] = deque()
        self._unstored_bytes = 0
        self._unstored_lost_bytes = 0
        self._unfinished = b""
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        self._lock = threading.Lock()
        self._is_closed = False
        try:
            self._file = path.open("ab", buffering=0)
            self._room_bytes -= path.stat().st_size
        except OSError as error:
            self._break(error)

    def write(self, piece: bytes) -> None:
        """Take a piece of the script's output; a line may come in many pieces."""
        with self._lock:
            if self._is_closed:
                return
            *lines, self._unfinished = (self._unfinished + piece).split(b"\n")
            for line in lines:
                self._add_line(line, is_script=True)
            while len(self._unfinished) > _LINE_LIMIT_BYTES:
                head = self._unfinished[:_LINE_LIMIT_BYTES]
                self._unfinished = self._unfinished[_LINE_LIMIT_BYTES:]
                self._show(head, is_script=True, is_note=False)
                self._store(head)

    def note(self, text: str, is_reason: bool = False) -> None:
        """Add a line of the runner's own.

        Args:
            text: what it says.
            is_reason: it explains the end, so it belongs to the last lines.
        """
        with self._lock:
            if self._is_closed:
                return
            self._finish_line()
            # What the operating system calls a file need not be UTF-8.
            line = f"parris: {text}".encode(errors="replace")
            self._add_line(line, is_script=is_reason, is_note=True)

    def last_lines(self) -> list[str]:
        """Return up to 20 lines, the script's last ones."""
        with self._lock:
            self._finish_line()
            return list(self._last)

    def tail(self) -> bytes:
        """Return the end of the log as far as it is in memory only."""
        with self._lock:
            if not self._unstored:
                return b""
            lost = b""
            if self._unstored_lost_bytes:
                lost = f"parris: {counted(self._unstored_lost_bytes, 'byte')} lost\n".encode()
            return lost + b"".join(self._unstored)

    def close(self) -> None:
        """End the log; whatever comes later is dropped."""
        with self._lock:
            self._finish_line()
            self._is_closed = True
            if self._file is not None:
                with suppress(OSError):
                    self._file.close()

    def _finish_line(self) -> None:
        if self._unfinished and not self._is_closed:
            line, self._unfinished = self._unfinished, b""
            self._add_line(line, is_script=True)

    def _add_line(self, line: bytes, is_script: bool, is_note: bool = False) -> None:
        for start in range(0, max(len(line), 1), _LINE_LIMIT_BYTES):
            self._show(line[start : start + _LINE_LIMIT_BYTES], is_script, is_note)
        self._store(line + b"\n")

    def _show(self, line: bytes, is_script: bool, is_note: bool) -> None:
        text = line.rstrip(b"\r").decode("utf-8", errors="replace").translate(_UNPRINTABLE)
        if is_script:
            self._last.append(text[:_LAST_LINE_CHARACTERS])
        self._reader.add(text)
        if self._room_bytes > 0:
            self._screen.show(text, is_note)

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
            # A full disk must not end the training.
            self._break(error)
            self._keep(piece)
            return
        if written < len(piece):
            self._break(OSError("the disk took a part of a line"))
            self._keep(piece[written:])

    def _break(self, error: OSError) -> None:
        """Keep what comes from now on in memory."""
        self._is_broken = True
        words = f"parris: {self._path.name} cannot be written any more: {error}"
        self._screen.show(words, is_note=True)
        self._keep(f"\n{words}\n".encode(errors="replace"))

    def _keep(self, piece: bytes) -> None:
        piece = piece[-_UNSTORED_BYTES:]
        self._unstored.append(piece)
        self._unstored_bytes += len(piece)
        while self._unstored_bytes > _UNSTORED_BYTES:
            lost = len(self._unstored.popleft())
            self._unstored_bytes -= lost
            self._unstored_lost_bytes += lost
