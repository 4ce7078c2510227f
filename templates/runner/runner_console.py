"""Shows lines on standard output and error, without ever waiting for whoever reads there.

The unit sends standard error to the instance's console as well: the runner's own notes, which are
few. A serial console takes some 20 to 400 lines a second, and whoever writes to it waits; so a
script's output never goes there, and no line keeps anybody waiting.
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
    """Shows lines in their order; where they come too fast, the oldest are left out."""

    def __init__(self) -> None:
        """Start a thread, which may be kept waiting for ever."""
        self._waiting: deque[tuple[int, bytes]] = deque(maxlen=_WAITING_LINES)
        self._streams = (sys.stdout.fileno(), sys.stderr.fileno())
        self._has_more = threading.Event()
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._show_all, daemon=True)
        self._thread.start()

    def show(self, lines: Sequence[str], is_note: bool) -> None:
        """Take lines of the script's, or notes of the runner's own."""
        for line in lines[-_WAITING_LINES:]:
            text = line[:_NOTE_CHARACTERS] if is_note else line
            shown = text.encode("ascii", errors="replace") + b"\n"
            self._waiting.append((self._streams[is_note], shown))
        self._has_more.set()

    def close(self, timeout_seconds: float = 1.0) -> None:
        """Show what is left, for at most that long."""
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
                    continue  # nobody reads it; the log has it
            if is_last:
                return
