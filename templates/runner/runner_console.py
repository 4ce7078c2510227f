"""Writes lines to standard output and error without blocking.

The unit also sends standard error, which has the runner's own few notes, to the instance's console.
A serial console takes about 20 to 400 lines per second and blocks its writers. So the script's
output never goes there.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Sequence

_WAITING_LINES = 2_000
_NOTE_CHARACTERS = 300


class Console:
    """Shows lines in order. If they come too fast, the oldest are left out."""

    def __init__(self) -> None:
        """Start a thread, which may block forever."""
        self._waiting: deque[tuple[int, bytes]] = deque(maxlen=_WAITING_LINES)
        self._streams = (sys.stdout.fileno(), sys.stderr.fileno())
        self._has_more = threading.Event()
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._show_all, daemon=True)
        self._thread.start()

    def show(self, lines: Sequence[str], is_note: bool) -> None:
        """Add lines of the script, or notes of the runner."""
        for line in lines[-_WAITING_LINES:]:
            text = line[:_NOTE_CHARACTERS] if is_note else line
            shown = text.encode("ascii", errors="replace") + b"\n"
            self._waiting.append((self._streams[is_note], shown))
        self._has_more.set()

    def close(self, timeout_seconds: float = 1.0) -> None:
        """Show the remaining lines, for at most this long."""
        self._is_ending.set()
        self._has_more.set()
        self._thread.join(timeout_seconds)

    def _show_all(self) -> None:
        while True:
            self._has_more.wait()
            self._has_more.clear()
            is_last = self._is_ending.is_set()
            while self._waiting:
                stream, shown = self._waiting.popleft()
                try:
                    os.write(stream, shown)
                except OSError:
                    continue  # the reader is gone; the log has the line
            if is_last:
                return
