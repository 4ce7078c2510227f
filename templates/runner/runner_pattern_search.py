"""Sends lines to the process of `runner_patterns.py`, and ends it if it takes too long."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_BATCH_SECONDS = 5.0
_PIECE_BYTES = 65536


class PatternsFailedError(Exception):
    """The expressions cannot be used, or take too long."""


class PatternSearch:
    """Searches lines with regular expressions of the user.

    Args:
        patterns: regular expressions with one group, by name.
    """

    def __init__(self, patterns: Mapping[str, str]) -> None:
        """Start the process."""
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", Path(__file__).with_name("runner_patterns.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._send(dict(patterns))

    def search(self, lines: list[str]) -> list[dict[str, str]]:
        """Return what the group of each expression matches in each line.

        Raises:
            PatternsFailedError: if it takes too long, or an expression is invalid.
        """
        self._send(lines)
        assert self._process.stdout is not None
        output = self._process.stdout.fileno()
        ends_at = time.monotonic() + _BATCH_SECONDS
        response = b""
        ready = select.poll()
        ready.register(output, select.POLLIN)
        while not response.endswith(b"\n"):
            left_seconds = ends_at - time.monotonic()
            if left_seconds <= 0 or not ready.poll(left_seconds * 1000):
                self.close()
                raise PatternsFailedError(f"it took more than {_BATCH_SECONDS:.0f} s")
            piece = os.read(output, _PIECE_BYTES)
            if not piece:
                self.close()
                raise PatternsFailedError("this Python does not understand it")
            response += piece
        found: list[dict[str, str]] = json.loads(response)
        return found

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _send(self, value: object) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(value).encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise PatternsFailedError(f"its process ended: {error}") from error
