"""Watches for EC2's spot interruption notice, which comes two minutes before the interruption.

The metadata service has the notice, and should be polled every 5 seconds. Source:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
"""

from __future__ import annotations

import threading
import time

from runner_clock import read_metadata

GRACE_SECONDS = 45
"""The script's time to save. The rest of the two minutes is for the detection and the upload."""

_POLL_SECONDS = 5.0


class InterruptionWatch:
    """Polls for the notice on a daemon thread."""

    def __init__(self) -> None:
        """Create the thread without starting it."""
        self._event = threading.Event()
        self.came_at: float | None = None
        """When the notice was detected, in Unix seconds."""

    def start(self) -> None:
        """Start to poll."""
        threading.Thread(target=self._watch, daemon=True).start()

    def has_come(self) -> bool:
        """Return whether the notice was detected."""
        return self._event.is_set()

    def _watch(self) -> None:
        while not self._event.wait(_POLL_SECONDS):
            if _is_told():
                self.came_at = self.came_at or time.time()
                self._event.set()


def _is_told() -> bool:
    try:
        return '"action"' in read_metadata("meta-data/spot/instance-action")
    except (OSError, ValueError):
        # The usual response is 404, which is an OSError. Other errors may be transient.
        return False
