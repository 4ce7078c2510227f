"""The output of a function's process, complete up to the time of each read."""

import os
import selectors
import threading

_CHUNK_BYTES = 65_536
_LOOK_SECONDS = 1.0


class ProcessOutput:
    """Reads a pipe so that it never fills up, and returns everything written to it so far.

    Args:
        descriptor: the reading end of the pipe, closed by `close`.
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
        """Return all output since the last call, without waiting for more."""
        with self._reading:
            self._read_all()
            text, self._chunks = b"".join(self._chunks), []
        return text.decode("utf-8", "replace")

    def close(self, timeout_seconds: float) -> None:
        """Stop reading when the writers are gone, or when the timeout is over."""
        self._thread.join(timeout_seconds)
        self._is_over = True

    def _keep_reading(self) -> None:
        # Only this thread closes the pipe, so that nobody waits on a reused descriptor. Not by
        # select(), which is limited to descriptors up to 1,023: a busy process has more.
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
