"""Decides that a script hangs: its silence is no part of the rhythm in which it has printed."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from runner_rhythm import Rhythm

_REASON = "NO_PROGRESS"
_NOTE = "parris: "
_LONGEST_SLEEP_SECONDS = 5.0
_GPU_COMMAND = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits"]
_GPU_SECONDS = 10.0


class ProgressWatch:
    """Reads the lines of a script, and decides on a thread of its own.

    Args:
        decide: makes the decision.
        settings: `step_intervals`, `floor_seconds` and `warm_up_seconds`; None for a job whose
            hang ends nothing.
        clock: returns the elapsed seconds.
    """

    def __init__(
        self,
        decide: Callable[..., None],
        settings: Mapping[str, Any] | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Watch nothing before `start`."""
        self._decide = decide
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._rhythm: Rhythm | None = None
        self._last_at = 0.0
        self._is_over = threading.Event()

    def start(self) -> None:
        """Begin, as the script does."""
        if self._settings is None:
            return
        self._last_at = self._clock()
        self._rhythm = Rhythm(
            self._last_at,
            float(self._settings["step_intervals"]),
            float(self._settings["floor_seconds"]),
            float(self._settings["warm_up_seconds"]),
        )
        threading.Thread(target=self._watch, daemon=True).start()

    def add(self, lines: Sequence[str]) -> None:
        """Add lines of the log; those of the runner itself do not count."""
        own = [line for line in lines if not line.startswith(_NOTE)]
        if self._rhythm is not None and own:
            with self._lock:
                self._last_at = self._clock()
                self._rhythm.add(self._last_at, own)

    def stop(self) -> None:
        """Decide nothing from now on: the script has ended, or saves."""
        self._is_over.set()

    def check(self) -> float:
        """Decide, if the silence is too long, and return for how long nothing is to be done."""
        with self._lock:
            now = self._clock()
            due_at = None if self._rhythm is None else self._rhythm.silent_too_long_at()
            silent_seconds = now - self._last_at
            usual_seconds = 0.0 if self._rhythm is None else self._rhythm.usual_seconds
        if due_at is None:
            return _LONGEST_SLEEP_SECONDS
        if now < due_at:
            return min(due_at - now, _LONGEST_SLEEP_SECONDS)
        self.stop()
        self._decide(
            _REASON,
            silent_seconds=round(silent_seconds),
            usual_seconds=round(usual_seconds, 1),
            gpu_percent=gpu_percent(),
        )
        return 0.0

    def _watch(self) -> None:
        seconds = 0.0
        while not self._is_over.wait(seconds):
            seconds = self.check()


def gpu_percent() -> list[int] | None:
    """Return how busy each GPU is, None where that cannot be read.

    It is for people. A hang may show 100 % as well as 0 %, so it decides nothing.
    """
    with suppress(OSError, ValueError, subprocess.SubprocessError):
        found = subprocess.run(
            _GPU_COMMAND, capture_output=True, text=True, timeout=_GPU_SECONDS, check=True
        )
        return [int(line) for line in found.stdout.split()]
    return None
