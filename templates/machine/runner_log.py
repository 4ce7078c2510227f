"""The job's log: a file, the machine's console, the last lines, and CloudWatch Logs."""

from __future__ import annotations

import sys
import threading
from collections import deque
from pathlib import Path
from typing import Protocol

# A disk that a log has filled cannot hold results any more.
LOG_LIMIT_BYTES = 200 * 1024 * 1024
_LAST_LINES = 20
_LAST_LINE_CHARACTERS = 500
_LINE_LIMIT_BYTES = 8192
# Control characters that logs refuse or terminals obey; tab and escape (colours) stay.
_UNPRINTABLE = {code: "\ufffd" for code in (*range(32), 127) if code not in (9, 27)}


class LineReader(Protocol):
    """Somebody who is told each line; must be quick."""

    def add(self, line: str) -> None:
        """Take one line, without its end."""


class TrainerLog:
    """Takes the script's output in any pieces, and the runner's own notes.

    Args:
        path: the file that holds every byte, up to a limit that keeps the disk usable.
        reader: told each line as well.
        limit_bytes: how much the file may hold.
    """

    def __init__(self, path: Path, reader: LineReader, limit_bytes: int = LOG_LIMIT_BYTES) -> None:
        """Open the file, after what an earlier start of the machine wrote."""
        self._file = path.open("ab")
        self._reader = reader
        self._room_bytes = limit_bytes - path.stat().st_size
        self._unfinished = b""
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        self._lock = threading.Lock()
        self._is_closed = False

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
                self._show(head, is_script=True)
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
            self._add_line(f"parris: {text}".encode(), is_script=is_reason)

    def last_lines(self) -> list[str]:
        """Return up to 20 lines, the script's last ones."""
        with self._lock:
            self._finish_line()
            return list(self._last)

    def close(self) -> None:
        """End the log; whatever comes later is dropped."""
        with self._lock:
            self._finish_line()
            self._is_closed = True
            self._file.close()

    def _finish_line(self) -> None:
        if self._unfinished and not self._is_closed:
            line, self._unfinished = self._unfinished, b""
            self._add_line(line, is_script=True)

    def _add_line(self, line: bytes, is_script: bool) -> None:
        for start in range(0, max(len(line), 1), _LINE_LIMIT_BYTES):
            self._show(line[start : start + _LINE_LIMIT_BYTES], is_script)
        self._store(line + b"\n")

    def _show(self, line: bytes, is_script: bool) -> None:
        text = line.rstrip(b"\r").decode("utf-8", errors="replace").translate(_UNPRINTABLE)
        if is_script:
            self._last.append(text[:_LAST_LINE_CHARACTERS])
        self._reader.add(text)
        if self._room_bytes > 0:
            print(text.encode("ascii", errors="replace").decode("ascii"), flush=True)

    def _store(self, piece: bytes) -> None:
        if self._room_bytes <= 0:
            return
        self._room_bytes -= len(piece)
        try:
            self._file.write(piece)
            if self._room_bytes <= 0:
                self._file.write(b"\nparris: the log is full; later output is not kept here\n")
            self._file.flush()
        except OSError as error:
            # A full disk must not end the training.
            self._room_bytes = 0
            print(f"parris: log.txt cannot be written any more: {error}", file=sys.stderr)
