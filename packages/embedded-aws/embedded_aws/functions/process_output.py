"""What a function process prints, taken up to the very moment at which one asks."""

import os
import selectors
import threading

_CHUNK_BYTES = 65_536
_LOOK_SECONDS = 1.0


class ProcessOutput:
    """Reads a pipe so that it never fills up, and hands over all that was written to it so far.

    Args:
        descriptor: the pipe's end to read from, which is closed with `close`.
    """

    def __init__(self, descriptor: int) -> None:
        """Start to read."""
        self._descriptor = descriptor
        os.set_blocking(descriptor, False)
        self._chunks: list[bytes] = []
        self._reading = threading.Lock()
        self._is_over = False
        self._thread = threading.Thread(target=self._keep_reading, daemon=True)
        self._thread.start()

    def take(self) -> str:
        """Return what was written since the last time: all of it, without waiting for any."""
        with self._reading:
            self._read_all()
            text, self._chunks = b"".join(self._chunks), []
        return text.decode("utf-8", "replace")

    def close(self, timeout_seconds: float) -> None:
        """Stop to read when the writers are gone, or when that time is over."""
        self._thread.join(timeout_seconds)
        self._is_over = True

    def _keep_reading(self) -> None:
        # This thread alone closes the pipe, so that nobody waits for a number that is another's.
        # Not by select(), which takes no number above 1,023: a busy process has more.
        with selectors.PollSelector() as selector:
            selector.register(self._descriptor, selectors.EVENT_READ)
            while not self._is_over:
                selector.select(_LOOK_SECONDS)
                with self._reading:
                    self._read_all()
        os.close(self._descriptor)

    def _read_all(self) -> None:
        while not self._is_over:
            try:
                chunk = os.read(self._descriptor, _CHUNK_BYTES)
            except BlockingIOError:
                return
            self._is_over = not chunk
            self._chunks.append(chunk)
